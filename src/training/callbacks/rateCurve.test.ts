import { describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { rateCurve } from "./rateCurve.ts";

const rates = Array.from({ length: 101 }, (_, step) => 1e-6 * 10 ** (step / 20));

/** Flat, then falling around 1e-4, then growing from 1e-2 on. */
function losses(noise: number): number[] {
  const random = new Random(5, "noise");
  return rates.map((rate) => {
    const place = Math.log10(rate);
    return (
      0.7 - 0.5 / (1 + Math.exp(-4 * (place + 4))) + Math.max(0, place + 2) ** 2 + noise * random.normal()
    );
  });
}

describe("the suggestion of a rate curve", () => {
  it("is the rate at which the loss falls fastest", () => {
    expect(Math.log10(rateCurve(rates, losses(0)).suggestion!)).toBeCloseTo(-4, 1);
  });

  it("is not moved far by the noise of batches", () => {
    const { suggestion, smoothed } = rateCurve(rates, losses(0.03));
    expect(Math.abs(Math.log10(suggestion!) + 4)).toBeLessThan(0.4);
    expect(smoothed).toHaveLength(rates.length);
  });

  it("is none where the loss never falls", () => {
    expect(
      rateCurve(
        rates,
        rates.map((_, step) => 1 + step),
      ).suggestion,
    ).toBeUndefined();
    expect(
      rateCurve(
        rates,
        rates.map(() => 0.5),
      ).suggestion,
    ).toBeUndefined();
    expect(rateCurve([], [])).toEqual({ rates: [], losses: [], smoothed: [], suggestion: undefined });
  });

  it("does not look at a fall behind the lowest point", () => {
    const values = rates.map((_, step) =>
      step < 40 ? 1 - step / 100 : step < 60 ? 3 : 3 - (step - 60) / 25,
    );
    expect(rateCurve(rates, values).suggestion).toBeLessThan(rates[40]!);
  });
});
