import { type Digest, digestOf, sha256 } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";

/**
 * Everything that decides a feature except the image and the draw, as plain JSON. Rows of one group lie together on disk.
 *
 * Left out on purpose, because the features do not depend on it: paths, times, batch size, number of workers, the head,
 * the optimizer, names of layers and values.
 */
export interface FeatureGroup {
  /** `decodeVersion`: how bytes become pixels. */
  readonly decode: string;
  /** `resizeVersion`: how pixels become the network's input size. */
  readonly resize: string;
  /** The base network's preprocessing record, plain JSON. */
  readonly preprocessing: unknown;
  /** `graphDigest` of the frozen prefix: its structure and its weights. */
  readonly prefix: Digest;
  /** Shape of one row in the engine's layout: [C], or [C, H, W]. */
  readonly cut: readonly number[];
  /** Bits are equal inside one numerics class only (`Engine.numericsClass`). */
  readonly numericsClass: string;
  /** How the numbers are stored: float32 exactly, the others rounded. */
  readonly dtype: StoreDtype;
}

/** float32 keeps every bit; the others take half of the room and round (to nearest, ties to even). */
export const storeDtypes = ["float32", "float16", "bfloat16"] as const;

export type StoreDtype = (typeof storeDtypes)[number];

/**
 * A group from its JSON.
 *
 * @throws PermafrostError STORE_DAMAGED when a member is missing or of another kind.
 */
export function parseGroup(text: string): FeatureGroup {
  const value: unknown = JSON.parse(text);
  const { decode, resize, preprocessing, prefix, cut, numericsClass, dtype, ...others } =
    value !== null && typeof value === "object" ? (value as Readonly<Record<string, unknown>>) : {};
  const storedAs = storeDtypes.find((each) => each === dtype);
  if (
    typeof decode === "string" &&
    typeof resize === "string" &&
    typeof prefix === "string" &&
    typeof numericsClass === "string" &&
    storedAs !== undefined &&
    isShape(cut)
  ) {
    return { ...others, decode, resize, preprocessing, prefix, cut, numericsClass, dtype: storedAs };
  }
  throw new PermafrostError("STORE_DAMAGED", "the record of its group is not complete.");
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size > 0);
}

/** The name of a group's folder in a store. */
export function groupDigest(group: FeatureGroup): Digest {
  return digestOf(group);
}

/** Which row of a group. */
export interface FeatureKey {
  /** SHA-256 of the image file's bytes. */
  readonly image: Digest;
  /** Digest of the numbers drawn for augmentation; "none" without augmentation. */
  readonly draw: Digest | "none";
}

/** Bytes of a row key. */
export const keyBytes = 32;

/** The first bytes of a row key are those of its image's digest: so all draws of an image can be found. */
export const imageKeyBytes = 16;

/** The row key: 16 bytes of the image's digest, then 16 bytes of the SHA-256 of `<image>/<draw>`. */
export function rowKey(key: FeatureKey): Uint8Array {
  const half = 2 * imageKeyBytes;
  const view = sha256(`${key.image}/${key.draw}`);
  return Buffer.from(key.image.slice(0, half) + view.slice(0, half), "hex");
}

/** The part of a row key that all draws of an image share, in hexadecimal. */
export function imageKey(image: Digest): string {
  return image.slice(0, 2 * imageKeyBytes);
}

/** The row keys of many features, one after the other: [keys.length, 32]. */
export function rowKeys(keys: readonly FeatureKey[]): Uint8Array {
  const packed = new Uint8Array(keys.length * keyBytes);
  for (const [index, key] of keys.entries()) packed.set(rowKey(key), index * keyBytes);
  return packed;
}
