import { describe, expect, it } from "vitest";
import { goldenFile } from "../../../test/support/goldenArrays.ts";
import { cosineDecay } from "./cosineDecay.ts";
import { cosineDecayRestarts } from "./cosineDecayRestarts.ts";
import { exponentialDecay } from "./exponentialDecay.ts";
import { inverseTimeDecay } from "./inverseTimeDecay.ts";
import { oneCycle } from "./oneCycle.ts";
import { piecewiseConstantDecay } from "./piecewiseConstantDecay.ts";
import { polynomialDecay } from "./polynomialDecay.ts";
import { checkLearningRate, type LearningRate, learningRateAt } from "./schedule.ts";

interface Case {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly steps: readonly number[];
  readonly rates: readonly number[];
}

type Factory = (options: never) => LearningRate;

const factories: Readonly<Record<string, Factory>> = {
  ExponentialDecay: exponentialDecay,
  InverseTimeDecay: inverseTimeDecay,
  PiecewiseConstantDecay: piecewiseConstantDecay,
  PolynomialDecay: polynomialDecay,
  CosineDecay: cosineDecay,
  CosineDecayRestarts: cosineDecayRestarts,
};

/** Option names in camelCase. */
function camel(options: Case["options"]): never {
  const renamed: Readonly<Record<string, string>> = { max_lr: "maxLearningRate" };
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      renamed[name] ?? name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  ) as never;
}

function largestDifference({ steps, rates }: Case, schedule: LearningRate): number {
  const top = Math.max(...rates);
  return Math.max(
    ...steps.map((step, index) => Math.abs(learningRateAt(schedule, step) - rates[index]!) / top),
  );
}

describe("schedules", () => {
  const { cases } = goldenFile<{ cases: Case[] }>("schedules");
  it.each(cases.map((one) => [one.name, JSON.stringify(one.options), one] as const))(
    "agree with Keras: %s %s",
    (name, _, one) => {
      const schedule = factories[name]!(camel(one.options));
      checkLearningRate("rate", schedule);
      expect(largestDifference(one, schedule)).toBeLessThan(1e-6);
    },
  );

  const oneCycles = goldenFile<{ cases: Case[] }>("oneCycle").cases;
  it.each(oneCycles.map((one) => [JSON.stringify(one.options), one] as const))(
    "agree with PyTorch's one cycle: %s",
    (_, one) => {
      const schedule = oneCycle(camel(one.options));
      checkLearningRate("rate", schedule);
      expect(largestDifference(one, schedule)).toBeLessThan(1e-12);
    },
  );

  it("stay at their end", () => {
    const cycle = oneCycle({ maxLearningRate: 1, totalSteps: 50 });
    expect(learningRateAt(cycle, 5000)).toBe(learningRateAt(cycle, 49));
    expect(learningRateAt(cycle, 49)).toBeCloseTo(1 / 25 / 1e4, 15);
    const steps = piecewiseConstantDecay({ boundaries: [3], values: [1, 0.5] });
    expect([3, 4, 99].map((step) => learningRateAt(steps, step))).toEqual([1, 0.5, 0.5]);
  });

  it("begin a new wave exactly at a restart, after any number of them", () => {
    const schedule = cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 7, tMul: 3 });
    const starts = [0, 7, 28, 91, 280];
    expect(starts.map((step) => learningRateAt(schedule, step))).toEqual([1, 1, 1, 1, 1]);
    expect(starts.slice(1).every((step) => learningRateAt(schedule, step - 1) < 0.06)).toBe(true);
  });

  it("name everything that is wrong with them", () => {
    const wrong: readonly (readonly [LearningRate, string])[] = [
      [
        cosineDecay({ initialLearningRate: 0, decaySteps: 1.5 }),
        "initialLearningRate: expected a number above 0, got 0; decaySteps: expected a whole number of at least 1, got 1.5",
      ],
      [
        polynomialDecay({ initialLearningRate: 1, decaySteps: 5, power: -1 }),
        "power: expected a number above 0",
      ],
      [
        piecewiseConstantDecay({ boundaries: [5, 2], values: [1, 2, 3] }),
        "steps from 0 on that rise, got 5, 2",
      ],
      [
        piecewiseConstantDecay({ boundaries: [5], values: [1] }),
        "boundaries and one value more, got 1 and 1",
      ],
      [
        cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 5, tMul: 0.5 }),
        "tMul: expected at least 1",
      ],
      [oneCycle({ maxLearningRate: 1, totalSteps: 10, pctStart: 2 }), "pctStart: expected 0 to 1, got 2"],
    ];
    for (const [schedule, message] of wrong)
      expect(() => checkLearningRate("rate", schedule)).toThrow(message);
    expect(() => checkLearningRate("rate", { kind: "cosineDecy" } as never)).toThrow(
      "Did you mean cosineDecay?",
    );
  });
});
