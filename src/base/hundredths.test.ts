import { describe, expect, it } from "vitest";
import { hundredths } from "./hundredths.ts";

describe("shares in hundredths", () => {
  it("round halves away from zero, whatever they are in binary", () => {
    expect([0.9435, 0.9445, -0.0125, 0.1, 1, 2 / 3].map(hundredths)).toEqual([
      "94.4",
      "94.5",
      "-1.3",
      "10.0",
      "100.0",
      "66.7",
    ]);
  });

  it("have no negative zero", () => {
    expect([-0, -0.0004, 0].map(hundredths)).toEqual(["0.0", "0.0", "0.0"]);
  });
});
