import { readFileSync } from "node:fs";
import { float32, type Tensor } from "../../src/tensor/tensor.ts";

/** An array in a golden file: little-endian float32 in base64. */
export interface GoldenArray {
  readonly shape: readonly number[];
  readonly float32: string;
}

export function decodeArray({ shape, float32: text }: GoldenArray): Tensor<"float32"> {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return float32(shape, new Float32Array(bytes.buffer));
}

/** A golden file by its name in test/golden, without ending. The caller knows what is in it. */
export function goldenFile<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8")) as Content;
}
