import { decodeHalf, encodeHalf } from "../tensor/halfFloat.ts";
import type { StoreDtype } from "./key.ts";

/** The bytes that are stored for features. For float32 they are the array's own, not a copy. */
export function encodeRows(dtype: StoreDtype, features: Float32Array): Uint8Array {
  if (dtype === "float32") {
    return new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
  }
  const halves = new Uint16Array(features.length);
  encodeHalf(dtype, features, halves);
  return new Uint8Array(halves.buffer);
}

/** The features that stored bytes stand for. For float32 the caller reads straight into the array instead. */
export function decodeRows(
  dtype: Exclude<StoreDtype, "float32">,
  stored: Uint8Array<ArrayBuffer>,
  into: Float32Array,
): void {
  decodeHalf(dtype, new Uint16Array(stored.buffer, stored.byteOffset, stored.byteLength / 2), into);
}

/** Makes features, in place, what they will be when they are read back. */
export function roundRows(dtype: StoreDtype, features: Float32Array): void {
  if (dtype === "float32") return;
  const halves = new Uint16Array(features.length);
  encodeHalf(dtype, features, halves);
  decodeHalf(dtype, halves, features);
}
