import { describe, expect, it } from "vitest";
import { sha256 } from "../base/digest.ts";
import { keyBytes, rowKeys } from "./key.ts";
import { KeyIndex } from "./keyIndex.ts";

function keysOf(first: number, count: number): Uint8Array {
  return rowKeys(
    Array.from({ length: count }, (_, index) => ({
      image: sha256(`${first + index}`),
      draw: "none" as const,
    })),
  );
}

describe("KeyIndex", () => {
  it("finds every key that was added, in pieces of any size, and no other", () => {
    const index = new KeyIndex();
    const pieces = [1, 2, 300, 5, 1000];
    let first = 0;
    for (const count of pieces) {
      index.add(keysOf(first, count));
      first += count;
    }
    const all = keysOf(0, first);
    const found = Array.from({ length: first }, (_, at) => index.find(all, at));
    expect(found).toEqual(Array.from({ length: first }, (_, at) => at));
    const others = keysOf(first, 500);
    expect(Array.from({ length: 500 }, (_, at) => index.find(others, at))).toEqual(new Array(500).fill(-1));
  });

  it("tells keys apart that begin alike", () => {
    const index = new KeyIndex();
    const keys = new Uint8Array(40 * keyBytes);
    for (let row = 0; row < 40; row++) keys[row * keyBytes + keyBytes - 1] = row;
    index.add(keys);
    expect(Array.from({ length: 40 }, (_, at) => index.find(keys, at))).toEqual([...Array(40).keys()]);
  });

  it("offers rows of equal keys until one is accepted", () => {
    const index = new KeyIndex();
    for (let time = 0; time < 3; time++) index.add(keysOf(0, 1));
    expect(index.find(keysOf(0, 1), 0, (row) => row > 1)).toBe(2);
    expect(index.find(keysOf(0, 1), 0, () => false)).toBe(-1);
  });
});
