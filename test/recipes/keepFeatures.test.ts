import { describe, expect, it } from "vitest";
import { keepWhere } from "../../src/features/measuredRates.ts";

describe("keepWhere", () => {
  const row = 4096;

  it("stores where writing a row is quicker than computing it, and where nothing was measured", () => {
    expect(keepWhere({ viewsPerSecond: 500, bytesPerSecond: 1e9 }, row, 1000)).toBe("store");
    expect(keepWhere({ viewsPerSecond: 500 }, row, 1000)).toBe("store");
    expect(keepWhere(undefined, row, 1000)).toBe("store");
  });

  it("keeps features of a tiny network on a slow disk in memory, as long as they fit", () => {
    const slow = { viewsPerSecond: 50_000, bytesPerSecond: 1e7 };
    expect(keepWhere(slow, row, 1000)).toBe("memory");
    expect(keepWhere(slow, row, 1_000_000)).toBe("store");
  });
});
