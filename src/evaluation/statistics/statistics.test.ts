import { describe, expect, it } from "vitest";
import { goldenFile } from "../../../test/support/goldenArrays.ts";
import { wilsonInterval } from "../interval.ts";
import { leaveOneOutMeans, meanOf, replicatesOf } from "./bootstrap.ts";
import { bcaInterval, percentileInterval } from "./bootstrapInterval.ts";
import { combinedP } from "./combinedP.ts";
import { exactInterval } from "./exactInterval.ts";
import { holm } from "./holm.ts";
import { betaQuantile } from "./incompleteBeta.ts";
import { mcnemar, pairedCounts } from "./mcnemar.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { type Correctness, pairedBootstrap, resampledAccuracies } from "./pairedBootstrap.ts";
import { pairedEffect } from "./pairedEffect.ts";
import { detectableDifference, imagesNeeded } from "./power.ts";
import { seedSpread } from "./seedSpread.ts";
import { studentQuantile } from "./studentT.ts";

interface Statistics {
  readonly distributions: readonly Readonly<
    Record<"quantile" | "cdf" | "student" | "beta", readonly (readonly number[])[]>
  >[];
  readonly proportions: readonly {
    readonly successes: number;
    readonly trials: number;
    readonly wilson: readonly number[];
    readonly exact: readonly number[];
  }[];
  readonly paired: readonly {
    readonly counts: readonly number[];
    readonly exact: number;
    readonly midP: number;
    readonly difference: readonly number[];
    readonly share?: readonly number[];
  }[];
  readonly holm: readonly { readonly p: readonly number[]; readonly corrected: readonly number[] }[];
  readonly bootstrap: readonly Readonly<
    Record<"values" | "replicates" | "percentile" | "bca", readonly number[]> & Record<"name", string>
  >[];
  readonly power: readonly Readonly<
    Record<"difference" | "disagreement" | "alpha" | "power" | "images" | "exactPower", number>
  >[];
  readonly seeds: readonly {
    readonly values: readonly number[];
    readonly mean: number;
    readonly deviation: number;
    readonly interval: readonly number[];
  }[];
}

const golden = goldenFile<Statistics>("statistics");

/** Relative, so that far tails count too. */
function expectNear(actual: number, expected: number, tolerance = 1e-10): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(expected), 1e-300));
}

describe("distributions are SciPy's", () => {
  const { quantile, cdf, student, beta } = golden.distributions[0]!;

  it("normal, also far out", () => {
    for (const [p, x] of quantile) expectNear(normalQuantile(p!), x!, 1e-9);
    for (const [x, p] of cdf) expectNear(normalCdf(x!), p!);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  });

  it("Student's t and beta", () => {
    for (const [p, degrees, t] of student) expectNear(studentQuantile(p!, degrees!), t!, 1e-9);
    for (const [p, a, b, x] of beta) expectNear(betaQuantile(p!, a!, b!), x!, 1e-9);
  });
});

describe("shares", () => {
  it.each(golden.proportions)("$successes of $trials", ({ successes, trials, wilson, exact }) => {
    const both = [...wilsonInterval(successes, trials), ...exactInterval(successes, trials)];
    for (const [index, value] of both.entries()) expect(value).toBeCloseTo([...wilson, ...exact][index]!, 10);
  });
});

describe("paired comparisons", () => {
  it.each(golden.paired)("$counts", ({ counts, exact, midP, difference, share }) => {
    const [bothRight, onlyFirst, onlySecond, bothWrong] = counts as [number, number, number, number];
    const table = { bothRight, onlyFirst, onlySecond, bothWrong };
    expect(mcnemar(table).exact).toBeCloseTo(exact, 10);
    expect(mcnemar(table).midP).toBeCloseTo(midP, 10);
    const effect = pairedEffect(table);
    expectEstimate(effect.difference, difference);
    if (share === undefined) {
      expect(effect.cohensG).toBeNull();
      return;
    }
    expectEstimate(
      effect.cohensG!,
      share.map((each) => each - 0.5),
    );
    expectEstimate(
      effect.oddsRatio!,
      share.map((each) => each / (1 - each)),
    );
  });

  it("counts who is right where", () => {
    expect(pairedCounts([1, 1, 0, 0, 1], [1, 0, 1, 0, 0])).toEqual({
      bothRight: 1,
      onlyFirst: 2,
      onlySecond: 1,
      bothWrong: 1,
    });
  });

  it("Holm's correction is statsmodels'", () => {
    const { p, corrected } = golden.holm[0]!;
    for (const [index, value] of holm(p).entries()) expect(value).toBeCloseTo(corrected[index]!, 12);
  });

  it("p-values of several seeds become twice their median, one stays as it is", () => {
    expect(combinedP([0.03])).toBe(0.03);
    expect(combinedP([0.5, 0.01, 0.02])).toBe(0.04);
    expect(combinedP([0.01, 0.03])).toBeCloseTo(0.04, 12);
    expect(combinedP([0.9, 0.9])).toBe(1);
  });
});

function expectEstimate(
  { value, interval }: { readonly value: number; readonly interval: readonly [number, number] },
  expected: readonly number[],
): void {
  for (const [index, number] of [value, ...interval].entries()) {
    if (Number.isFinite(expected[index])) expect(number).toBeCloseTo(expected[index]!, 9);
    else expect(number).toBe(expected[index]);
  }
}

function bootstrapped(first: Correctness, second: Correctness) {
  const [a, b] = resampledAccuracies([first, second]);
  return pairedBootstrap(a!, b!);
}

describe("bootstrap", () => {
  it.each(golden.bootstrap)("$name: intervals of SciPy's own replicates", (each) => {
    const replicates = Float64Array.from(each.replicates);
    const value = each.values.reduce((sum, one) => sum + one, 0) / each.values.length;
    const observed = { value, leaveOneOut: leaveOneOutMeans(each.values) };
    for (const [index, end] of percentileInterval(replicates).entries()) {
      expect(end).toBeCloseTo(each.percentile[index]!, 10);
    }
    for (const [index, end] of bcaInterval(replicates, observed).entries()) {
      expect(end).toBeCloseTo(each.bca[index]!, 10);
    }
  });

  it("draws the same each time and spreads as the standard error says", () => {
    const values = Array.from({ length: 400 }, (_, index) => Number(index % 10 !== 0));
    const draw = (seed: number) => replicatesOf(400, [meanOf(values)], { seed })[0]!;
    const replicates = draw(3);
    expect(draw(3)).toEqual(replicates);
    expect(draw(4)).not.toEqual(replicates);
    const spread = seedSpread([...replicates]);
    expect(spread.mean).toBeCloseTo(0.9, 2);
    expect(spread.deviation).toBeGreaterThan(0.0145);
    expect(spread.deviation).toBeLessThan(0.0155);
  });

  it("of all the same values is that value", () => {
    const observed = { value: 1, leaveOneOut: Float64Array.of(1, 1, 1) };
    expect(bcaInterval(new Float64Array(50).fill(1), observed)).toEqual([1, 1]);
  });

  it("keeps images paired: a method that is right on one image more than another differs by just that", () => {
    const first = Array.from({ length: 200 }, (_, image) => Number(image % 4 !== 0));
    const second = first.map((right, image) => (image === 1 ? 0 : right));
    const { difference, interval } = bootstrapped([first], [second]);
    expect(difference).toBeCloseTo(1 / 200, 12);
    expect(interval[0]).toBe(0);
    expect(interval[1]).toBeLessThan(0.02);
  });

  it("counts seeds too: runs that differ widen the interval", () => {
    const right = (share: number) => Array.from({ length: 500 }, (_, image) => Number(image < share * 500));
    const steady = bootstrapped([right(0.8), right(0.8)], [right(0.7)]).interval;
    const shaky = bootstrapped([right(0.7), right(0.9)], [right(0.7)]).interval;
    expect(shaky[1] - shaky[0]).toBeGreaterThan(2 * (steady[1] - steady[0]));
  });
});

describe("power", () => {
  it.each(golden.power)(
    "a difference of $difference",
    ({ difference, disagreement, images, exactPower, ...options }) => {
      expect(imagesNeeded(difference, disagreement, options)).toBe(images);
      // The formula rests on a normal approximation; added up exactly, the power is near the wanted one.
      expect(Math.abs(exactPower - options.power)).toBeLessThan(0.04);
      expect(detectableDifference(images, disagreement, options)).toBeCloseTo(difference, 3);
    },
  );

  it("of a handful of images shows nothing", () => {
    expect(detectableDifference(3, 0.1)).toBe(1);
  });
});

describe("spread over seeds", () => {
  it("is Student's", () => {
    const { values, mean, deviation, interval } = golden.seeds[0]!;
    const spread = seedSpread(values);
    expect(spread.mean).toBeCloseTo(mean, 12);
    expect(spread.deviation).toBeCloseTo(deviation, 12);
    for (const [index, end] of spread.interval!.entries()) expect(end).toBeCloseTo(interval[index]!, 10);
  });

  it("of one run is unknown", () => {
    expect(seedSpread([0.9])).toEqual({ runs: 1, mean: 0.9, deviation: null, interval: null });
  });
});
