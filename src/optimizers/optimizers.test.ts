import { describe, expect, it } from "vitest";
import { instantiateKernels } from "../base/wasm.ts";
import { Arena, type Span } from "../tensor/arena.ts";
import { optimizerConfig, optimizers, resolveOptimizer } from "./index.ts";
import type { Optimizer } from "./optimizer.ts";
import { cosineDecay } from "./schedules/cosineDecay.ts";
import { learningRateAt } from "./schedules/schedule.ts";

const gradients = [
  [0.1, -0.2, 0.3],
  [0.4, 0.5, -0.6],
  [1e-4, 0, 2],
];

/** The weights [1, -2, 3] after three steps, on a weight of three elements. */
function threeSteps(optimizer: Optimizer): number[][] {
  const arena = new Arena(4096);
  const kernels = instantiateKernels("training", arena.memory);
  const weight = arena.allocate(3);
  const gradient = arena.allocate(3);
  const slots: Record<string, Span> = {};
  for (const [slot, value] of Object.entries(optimizer.slots)) {
    slots[slot] = arena.allocate(3);
    arena.view(slots[slot]).fill(value);
  }
  arena.view(weight).set([1, -2, 3]);
  return gradients.map((values, iteration) => {
    arena.view(gradient).set(values);
    const learningRate = learningRateAt(optimizer.config.learningRate, iteration);
    optimizer.step(kernels, [{ path: "dense/kernel", rate: 1, weight, gradient, slots }], {
      iteration,
      learningRate,
    });
    return [...arena.view(weight)];
  });
}

describe("optimizers follow Keras 3 over three steps", () => {
  const { sgd, rmsprop, adam, adamw } = optimizers;
  const cases: [string, Optimizer, number[][]][] = [
    [
      "SGD",
      sgd({ learningRate: 0.1 }),
      [
        [0.99, -1.98, 2.97],
        [0.95, -2.03, 3.03],
        [0.94998997, -2.03, 2.8299999],
      ],
    ],
    [
      "SGD with momentum",
      sgd({ learningRate: 0.1, momentum: 0.9 }),
      [
        [0.99, -1.98, 2.97],
        [0.94099998, -2.0120001, 3.003],
        [0.89688998, -2.0408001, 2.8327],
      ],
    ],
    [
      "SGD with Nesterov momentum",
      sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
      [
        [0.98100001, -1.962, 2.9430001],
        [0.8969, -2.0408001, 3.0327001],
        [0.85719097, -2.06672, 2.67943],
      ],
    ],
    [
      "RMSprop",
      rmsprop({ learningRate: 0.01 }),
      [
        [0.96837878, -1.9683776, 2.9683774],
        [0.93760967, -1.9979432, 2.9969487],
        [0.93760157, -1.9979432, 2.9667869],
      ],
    ],
    [
      "RMSprop centered with momentum",
      rmsprop({ learningRate: 0.01, centered: true, momentum: 0.9 }),
      [
        [0.96666855, -1.9666672, 2.9666669],
        [0.90345097, -1.9667771, 2.9655979],
        [0.84654647, -1.966876, 2.9334271],
      ],
    ],
    [
      "Adam",
      adam({ learningRate: 0.01 }),
      [
        [0.99000037, -1.9900002, 2.9900002],
        [0.98115677, -1.9944223, 2.9936612],
        [0.97431904, -1.9978406, 2.9885037],
      ],
    ],
    [
      "AdamW",
      adamw({ learningRate: 0.01 }),
      [
        [0.98996037, -1.9899203, 2.9898803],
        [0.98107719, -1.9942627, 2.9934216],
        [0.97420025, -1.9976013, 2.9881444],
      ],
    ],
    [
      "SGD with clipnorm",
      sgd({ learningRate: 0.1, clipnorm: 0.5 }),
      [
        [0.99, -1.98, 2.97],
        [0.96720791, -2.0084901, 3.0041883],
        [0.96720541, -2.0084901, 2.9541883],
      ],
    ],
  ];
  it.each(cases)("%s", (_, optimizer, expected) => {
    const steps = threeSteps(optimizer);
    for (const [step, weights] of steps.entries()) {
      for (const [index, weight] of weights.entries()) {
        expect(Math.abs(weight / expected[step]![index]! - 1)).toBeLessThan(2e-7);
      }
    }
  });

  it("puts epsilon outside the root when told, as in the book's year", () => {
    const [first] = threeSteps(rmsprop({ learningRate: 0.01, epsilon: 1e-2, epsilonPlacement: "outside" }));
    const g = 0.1;
    expect(first![0]).toBeCloseTo(1 - (0.01 * g) / (Math.sqrt(0.1 * g * g) + 1e-2), 6);
  });

  it("clips single elements and the norm over all weights", () => {
    const [clipped] = threeSteps(sgd({ learningRate: 1, clipvalue: 0.15 }));
    expect(clipped!.map((weight) => Number(weight.toFixed(6)))).toEqual([0.9, -1.85, 2.85]);
    const [shortened] = threeSteps(sgd({ learningRate: 1, globalClipnorm: 0.1 }));
    const norm = Math.hypot(0.1, -0.2, 0.3);
    expect(shortened![0]).toBeCloseTo(1 - (0.1 * 0.1) / norm, 6);
  });
});

describe("optimizer identifiers", () => {
  it("accept any spelling and give Keras's defaults", () => {
    expect(resolveOptimizer("rmsprop").config).toMatchObject({
      learningRate: 0.001,
      rho: 0.9,
      epsilon: 1e-7,
    });
    expect(resolveOptimizer("RMSprop").kind).toBe("RMSprop");
    expect(resolveOptimizer("AdamW").config).toMatchObject({ weightDecay: 0.004 });
  });

  it("survive being written down", () => {
    const optimizer = optimizers.adam({
      learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 }),
    });
    const copy = resolveOptimizer(JSON.parse(JSON.stringify(optimizerConfig(optimizer))));
    expect(optimizerConfig(copy)).toEqual(optimizerConfig(optimizer));
  });

  it("name the nearest known one", () => {
    expect(() => resolveOptimizer("admw")).toThrow(/unknown optimizer "admw"\. Did you mean (adam|adamw)\?/);
    expect(() => optimizers.sgd({ learningrate: 1 } as object)).toThrow("Did you mean learningRate?");
  });

  it("refuse rates and limits that cannot train", () => {
    expect(() => optimizers.sgd({ learningRate: 0 })).toThrow(
      "SGD: learningRate: expected a number above 0, got 0",
    );
    expect(() => optimizers.adam({ learningRate: Number.NaN })).toThrow("got NaN");
    expect(() => optimizers.adam({ beta1: 1 })).toThrow("Adam: beta1: expected 0 <= number < 1, got 1");
    expect(() => optimizers.sgd({ clipnorm: 1, clipvalue: 1 })).toThrow("at most one of");
    expect(() => optimizers.lion({ beta1: 0 })).toThrow("Lion: beta1: expected 0 < number <= 1, got 0");
    expect(() => optimizers.sgd({ emaMomentum: 2 })).toThrow("SGD: emaMomentum");
    expect(() => optimizers.sgd({ gradientAccumulationSteps: 1 })).toThrow("at least 2 or null, got 1");
    expect(() => optimizers.adamw({ excludeFromWeightDecay: ["("] })).toThrow("expected regular expressions");
  });
});

describe("cosine decay", () => {
  it("falls from the initial rate to alpha times it", () => {
    const schedule = cosineDecay({ initialLearningRate: 0.1, decaySteps: 100, alpha: 0.1 });
    expect(learningRateAt(schedule, 0)).toBeCloseTo(0.1, 12);
    expect(learningRateAt(schedule, 50)).toBeCloseTo(0.055, 12);
    expect(learningRateAt(schedule, 1000)).toBeCloseTo(0.01, 12);
  });

  it("warms up in a line first", () => {
    const schedule = cosineDecay({
      initialLearningRate: 0,
      decaySteps: 100,
      warmupTarget: 0.2,
      warmupSteps: 10,
    });
    expect(learningRateAt(schedule, 5)).toBeCloseTo(0.1, 12);
    expect(learningRateAt(schedule, 10)).toBeCloseTo(0.2, 12);
    expect(learningRateAt(schedule, 60)).toBeCloseTo(0.1, 12);
  });
});
