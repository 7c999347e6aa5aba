import { ByteReader } from "../byteReader.ts";
import { damaged } from "../byteSource.ts";

/** The shape that a dataspace message says; an empty one for a scalar. */
export function readDataspace(content: Uint8Array, where: string): readonly number[] {
  const reader = new ByteReader(content, where);
  const version = reader.uint8();
  const rank = reader.uint8();
  reader.skip(1);
  if (version === 1) reader.skip(5);
  else if (version !== 2) throw damaged(where, `dataspace version ${version}`);
  else if (reader.uint8() === 2) return [0];
  if (rank > 32) throw damaged(where, `${rank} axes, at most 32 are possible`);
  const shape = Array.from({ length: rank }, () => reader.uint64());
  if (!shape.every(Number.isSafeInteger)) throw damaged(where, `shape [${shape.join(", ")}]`);
  return shape;
}
