import type { Random } from "../../src/base/random.ts";

/** Bits turned, numbers made huge or small, pieces copied over others (which makes circles), the end cut off. */
export function mutatedBytes(original: Uint8Array, random: Random): Uint8Array {
  const bytes = Buffer.from(original);
  const below = (end: number) => random.uint32() % end;
  for (let change = 1 + below(4); change > 0; change--) {
    const at = below(bytes.length);
    const wide = Math.max(0, Math.min(at - (at % 8), bytes.length - 8));
    const kind = below(6);
    if (kind === 0) bytes[at]! ^= 1 << below(8);
    else if (kind === 1) bytes[at] = below(256);
    else if (kind === 2)
      bytes.fill(below(2) === 0 ? 0xff : 0x7f, at, Math.min(bytes.length, at + [1, 2, 4, 8][below(4)]!));
    else if (kind === 3 && bytes.length >= 8) bytes.writeBigUInt64LE(BigInt(below(bytes.length)), wide);
    else if (kind === 4) bytes.copy(bytes, at, wide, Math.min(bytes.length, wide + 1 + below(64)));
    else if (below(3) === 0) return bytes.subarray(0, at);
  }
  return bytes;
}

const strangers = [
  null,
  true,
  -1,
  0,
  1.5,
  7,
  2 ** 31,
  2 ** 53,
  1e300,
  "",
  "x",
  "channels_first",
  [],
  {},
  [0],
  [[1]],
];

/** A value that JSON holds with some of its parts replaced by others of it, by strange ones, or left out. */
export function mutatedJson(original: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(original);
  const below = (end: number) => random.uint32() % end;
  for (let change = 1 + below(3); change > 0; change--) {
    const places = placesOf(copy);
    if (places.length === 0) return strangers[below(strangers.length)];
    const { owner, key } = places[below(places.length)]!;
    const kind = below(4);
    if (kind === 0) delete owner[key];
    else if (kind === 1) {
      const other = places[below(places.length)]!;
      owner[key] = structuredClone(other.owner[other.key]);
    } else owner[key] = structuredClone(strangers[below(strangers.length)]);
  }
  // Left out of a list is null.
  return JSON.parse(JSON.stringify(copy) ?? "null");
}

interface Place {
  readonly owner: Record<string, unknown>;
  readonly key: string;
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const owner = value as Record<string, unknown>;
  return Object.keys(owner).flatMap((key) => [{ owner, key }, ...placesOf(owner[key])]);
}
