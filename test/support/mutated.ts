import type { Random } from "../../src/base/random.ts";

/** Bits turned, numbers made huge or small, pieces copied over others (which makes circles), the end cut off. */
export function mutated(original: Uint8Array, random: Random): Uint8Array {
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
