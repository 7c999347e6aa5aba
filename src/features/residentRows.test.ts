import { describe, expect, it } from "vitest";
import { ResidentRows } from "./residentRows.ts";

const row = (value: number): Uint8Array => new Uint8Array(4).fill(value);

describe("ResidentRows", () => {
  it("writes the rows that it holds to their places and names the others", () => {
    const rows = new ResidentRows(4, 64);
    rows.add(7, row(70));
    rows.add(2, row(20));
    const into = new Uint8Array(16);
    expect([...rows.copy([2, 5, 7, 9], into)]).toEqual([1, 3]);
    expect([...into]).toEqual([...row(20), ...row(0), ...row(70), ...row(0)]);
  });

  it("keeps the first rows up to its limit", () => {
    const rows = new ResidentRows(4, 11);
    for (const number of [1, 1, 3, 5]) rows.add(number, row(number));
    expect(rows.hasRoom).toBe(false);
    expect([...rows.copy([1, 3, 5], new Uint8Array(12))]).toEqual([2]);
  });

  it("keeps nothing with a limit below one row", () => {
    const rows = new ResidentRows(4, 3);
    rows.add(0, row(1));
    expect([...rows.copy([0], new Uint8Array(4))]).toEqual([0]);
  });

  it("takes its memory piece by piece", () => {
    const size = 2 ** 20;
    const rows = new ResidentRows(size, 16 * size);
    for (let number = 0; number < 9; number++) rows.add(number, new Uint8Array(size).fill(number));
    const into = new Uint8Array(9 * size);
    expect(rows.copy([0, 1, 2, 3, 4, 5, 6, 7, 8], into)).toHaveLength(0);
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((at) => into[at * size + size - 1])).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });
});
