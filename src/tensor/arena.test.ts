import { describe, expect, it } from "vitest";
import { Arena } from "./arena.ts";

describe("Arena", () => {
  it("gives every span its own zeroed place on a cache line", () => {
    const arena = new Arena(Arena.bytesFor([3, 20, 1]));
    const spans = [3, 20, 1].map((length) => arena.allocate(length));
    expect(spans.map((span) => span.offset)).toEqual([0, 64, 192]);
    arena.view(spans[1]!).fill(7);
    expect([...arena.view(spans[0]!)]).toEqual([0, 0, 0]);
    expect([...arena.view(spans[2]!)]).toEqual([0]);
  });

  it("hands out live views of the same bytes", () => {
    const arena = new Arena(64);
    const span = arena.allocate(4);
    arena.view(span)[2] = 5;
    expect([...arena.tensor(span, [2, 2]).data]).toEqual([0, 0, 5, 0]);
  });

  it("refuses more than its plan", () => {
    const arena = new Arena(65_536);
    arena.allocate(16_384);
    expect(() => arena.allocate(1)).toThrow("has no room for 1 more");
  });

  it("refuses more than WebAssembly can address", () => {
    expect(() => new Arena(2 ** 33)).toThrow("at most 4 GiB");
  });
});
