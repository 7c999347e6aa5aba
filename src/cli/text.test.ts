import { describe, expect, it } from "vitest";
import { count } from "./text.ts";

describe("count", () => {
  it("sets a comma before every three digits", () => {
    expect([0, 999, 1000, 12_345, 1_234_567].map(count)).toEqual([
      "0",
      "999",
      "1,000",
      "12,345",
      "1,234,567",
    ]);
  });
});
