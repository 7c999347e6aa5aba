import { describe, expect, it } from "vitest";
import { cheapestOf, priceOf } from "./cutPrice.ts";

describe("the price of a cut", () => {
  it("weighs bytes to read against multiply-adds to do again", () => {
    const stored = { bytes: 100, multiplyAdds: 0 };
    expect(priceOf({ bytes: 99, multiplyAdds: 65 })).toBeGreaterThan(priceOf(stored));
    expect(priceOf({ bytes: 99, multiplyAdds: 63 })).toBeLessThan(priceOf(stored));
  });

  it("takes the earliest of equals and none of none", () => {
    expect(cheapestOf([])).toBe(-1);
    const dear = { bytes: 2, multiplyAdds: 0 };
    const cheap = { bytes: 1, multiplyAdds: 0 };
    expect(cheapestOf([dear, cheap, dear, cheap])).toBe(1);
  });
});
