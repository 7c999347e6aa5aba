import { describe, expect, it } from "vitest";
import { didYouMean } from "./names.ts";

describe("didYouMean", () => {
  it("names the nearest known word", () => {
    expect(didYouMean("epchs", ["epochs", "seed"])).toBe(" Did you mean epochs?");
  });

  it("says nothing when no word is near", () => {
    expect(didYouMean("colour", ["epochs", "seed"])).toBe("");
  });
});
