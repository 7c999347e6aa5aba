import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RowPlaces } from "./rowPlaces.ts";

function placesOf(sizes: readonly number[]): RowPlaces<string> {
  const places = new RowPlaces<string>();
  for (const [index, size] of sizes.entries()) places.add(size, `pack ${index}`);
  return places;
}

describe("RowPlaces", () => {
  it("finds the pack of a row", () => {
    const places = placesOf([2, 1, 4]);
    const found = Array.from({ length: 7 }, (_, row) => places.find(row).item);
    expect(found.map((item) => item.at(-1)).join("")).toBe("0012222");
    expect(places.find(4)).toEqual({ item: "pack 2", first: 3 });
    expect(() => places.find(7)).toThrow("expected a row from 0 to 6, got 7");
    expect(() => places.find(-1)).toThrow("got -1");
  });

  it("reads neighbours at once, but not across packs", () => {
    expect([...placesOf([2, 1, 4]).runs([0, 1, 2, 3, 4, 6])]).toEqual([
      { row: 0, count: 2, at: 0 },
      { row: 2, count: 1, at: 2 },
      { row: 3, count: 2, at: 3 },
      { row: 6, count: 1, at: 5 },
    ]);
  });

  it("reads each requested row once into its own place, whatever the request", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });
    const request = fc.array(fc.nat(), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, request, (packs, numbers) => {
        const total = packs.reduce((sum, size) => sum + size, 0);
        const rows = numbers.map((number) => number % total);
        const read: number[] = new Array(rows.length).fill(-1);
        for (const { row, count, at } of placesOf(packs).runs(rows)) {
          for (let index = 0; index < count; index++) read[at + index] = row + index;
        }
        expect(read).toEqual(rows);
      }),
      { seed: 5 },
    );
  });
});
