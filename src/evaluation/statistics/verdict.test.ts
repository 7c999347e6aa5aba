import { describe, expect, it } from "vitest";
import { type ComparedPair, verdictOf, verdictSentence } from "./verdict.ts";

const pair: ComparedPair = {
  first: "fresh",
  second: "fast",
  images: 1000,
  difference: 0.021,
  interval: [0.008, 0.034],
  p: 0.003,
  detectable: 0.019,
};

describe("the sentence about two methods", () => {
  it("claims a difference where test and interval agree, whichever is better", () => {
    expect(verdictSentence(pair)).toBe(
      "fresh is better than fast by 2.1 points on 1,000 images (95 % interval 0.8 to 3.4; p = 0.003, corrected).",
    );
    const turned = { ...pair, difference: -0.021, interval: [-0.034, -0.008] as const, p: 0.0001 };
    expect(verdictSentence(turned)).toBe(
      "fast is better than fresh by 2.1 points on 1,000 images (95 % interval 0.8 to 3.4; p < 0.001, corrected).",
    );
  });

  it("claims nothing where one of them does not", () => {
    expect(verdictOf({ ...pair, p: 0.05 })).toBe("unclear");
    expect(verdictOf({ ...pair, interval: [0, 0.04] })).toBe("unclear");
    expect(verdictSentence({ ...pair, difference: 0.004, interval: [-0.011, 0.019], p: 0.6 })).toBe(
      "fresh and fast are not distinguishable on 1,000 images (difference 0.4 points, 95 % interval -1.1 to 1.9; p = 0.600, corrected): a difference under 1.9 points would not show.",
    );
  });

  it("says when the answers are the same", () => {
    expect(verdictSentence({ ...pair, difference: 0, interval: [0, 0], p: 1 })).toContain(
      "on the same images",
    );
  });
});
