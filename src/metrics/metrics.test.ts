import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sameSpelling } from "../base/identifiers.ts";
import { float32 } from "../tensor/tensor.ts";
import * as metrics from "./index.ts";
import { resolveMetric } from "./resolveMetric.ts";

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Golden {
  readonly resolution: readonly {
    readonly target: readonly number[];
    readonly prediction: readonly number[];
    readonly kind: string;
  }[];
  readonly accuracy: readonly {
    readonly name: string;
    readonly kind: string;
    readonly target: Numbers;
    readonly prediction: Numbers;
    readonly batches: readonly number[];
    readonly sampleWeight?: readonly number[];
    readonly running: readonly number[];
  }[];
}

interface Streamed {
  readonly cases: readonly {
    readonly kind: string;
    readonly keyInHistory: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly target: Numbers;
    readonly prediction: Numbers;
    readonly batches: readonly number[];
    readonly sampleWeight?: readonly number[];
    readonly running: readonly (number | readonly number[])[];
  }[];
}

const streamed = JSON.parse(
  readFileSync(new URL("../../test/golden/streamedMetrics.json", import.meta.url), "utf8"),
) as Streamed;

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/metrics.json", import.meta.url), "utf8"),
) as Golden;

/** Our function of a Keras class: "AUC" is `auc`, "MeanIoU" is `meanIoU`. */
function makeMetric(kind: string, options: Readonly<Record<string, unknown>>): metrics.Metric {
  const found = Object.entries(metrics).find(([name]) => sameSpelling(name) === sameSpelling(kind));
  const camelCase = ([key, value]: [string, unknown]) => [
    key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ];
  const make = found![1] as unknown as (options: object) => metrics.Metric;
  return make(Object.fromEntries(Object.entries(options).map(camelCase)));
}

function rows({ shape, values }: Numbers, from: number, to: number) {
  const width = values.length / shape[0]!;
  return float32([to - from, ...shape.slice(1)], values.slice(from * width, to * width));
}

describe("metrics", () => {
  it.each(golden.accuracy)("run over unequal batches as Keras's do: $name", (one) => {
    const metric = resolveMetric(`${one.kind}_accuracy`);
    let from = 0;
    const running = one.batches.map((size) => {
      const to = from + size;
      const weights = one.sampleWeight?.slice(from, to);
      metric.update(rows(one.prediction, from, to), rows(one.target, from, to), weights);
      from = to;
      return metric.result();
    });
    for (const [index, expected] of one.running.entries()) expect(running[index]).toBeCloseTo(expected, 6);
  });

  it.each(streamed.cases)("give Keras's values after every batch: $kind $options", (one) => {
    let metric = makeMetric(one.kind, one.options);
    expect(metric.name).toBe(one.keyInHistory.replace(/_\d+$/, ""));
    let from = 0;
    for (const [index, size] of one.batches.entries()) {
      const to = from + size;
      const weights = one.sampleWeight?.slice(from, to);
      metric.update(rows(one.prediction, from, to), rows(one.target, from, to), weights);
      from = to;
      const expected = [one.running[index]!].flat();
      for (const [place, value] of [metric.result()].flat().entries()) {
        // Keras sums in float32; we do in float64.
        expect(Math.abs(value - expected[place]!)).toBeLessThan(
          3e-6 * Math.max(1, Math.abs(expected[place]!)),
        );
      }
      expect(metric.isList).toBe(Array.isArray(one.running[index]));
      const state = metric.getState();
      metric = metric.fresh();
      metric.setState(state);
    }
  });

  it.each(golden.resolution)(
    "'accuracy' of predictions $prediction and targets $target is $kind",
    ({ kind, prediction, target }) => {
      const width = prediction.length === 1 ? 1 : prediction.at(-1)!;
      // Row i says class i.
      const outputs = Array.from({ length: 4 * width }, (_, index) => {
        const row = Math.floor(index / width);
        return index % width === row % width ? 0.9 : 0.1;
      });
      const isHot = target.length === 2 && target[1]! > 1;
      const hot = outputs.map((_, index) => Number(index % width === 1));
      const [p, y] = [float32(prediction, outputs), float32(target, isHot ? hot : [0, 0, 1, 1])];
      const [any, wanted] = [resolveMetric("accuracy"), resolveMetric(`${kind}_accuracy`)];
      any.update(p, y);
      wanted.update(p, y);
      expect(any.result()).toBe(wanted.result());
      expect(any.result()).toBeGreaterThan(0);
    },
  );

  it("keep the name they were given", () => {
    expect(resolveMetric("acc").name).toBe("acc");
    expect(resolveMetric("AUC").name).toBe("AUC");
    expect(resolveMetric(metrics.auc({ name: "area" })).name).toBe("area");
  });

  it("start again after a reset", () => {
    const metric = resolveMetric("acc");
    metric.update(float32([1, 1], [0.9]), float32([1], [1]));
    metric.reset();
    expect(metric.result()).toBe(0);
  });

  it("given as objects are patterns that nothing is gathered in", () => {
    const pattern = metrics.meanSquaredError();
    resolveMetric(pattern).update(float32([1, 1], [2]), float32([1], [0]));
    expect(pattern.result()).toBe(0);
  });

  it("suggest the nearest name", () => {
    expect(() => resolveMetric("acuracy")).toThrow("Did you mean accuracy?");
  });

  it("refuse a list where a history wants a number", () => {
    expect(() => resolveMetric(metrics.f1Score({ average: null }))).toThrow("its result is a list");
    expect(() => resolveMetric(metrics.precision({ thresholds: [0.1, 0.2] }))).toThrow("one threshold");
  });

  it.each<[string, () => unknown, string]>([
    ["k", () => metrics.topKCategoricalAccuracy({ k: 0 }), "k: expected a whole number"],
    [
      "thresholds",
      () => metrics.recall({ thresholds: [0.5, 2] }),
      "thresholds: expected numbers from 0 to 1, got 2",
    ],
    [
      "numThresholds",
      () => metrics.auc({ numThresholds: 1 }),
      "numThresholds: expected a whole number of at least 2",
    ],
    ["beta", () => metrics.fBetaScore({ beta: 0 }), "beta: expected a number above 0"],
    ["threshold", () => metrics.f1Score({ threshold: 0 }), "threshold: expected a number above 0"],
    ["numClasses", () => metrics.meanIoU({ numClasses: 0 }), "numClasses: expected a whole number"],
  ])("refuse options that make no sense: %s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  it("refuse batches of different length, and class numbers where one-hot rows are wanted", () => {
    const metric = resolveMetric("acc");
    expect(() => metric.update(float32([2, 1], [0, 1]), float32([1], [1]))).toThrow("as many rows");
    expect(() => metric.update(float32([1, 3], [0, 1, 0]), float32([1, 2], [1, 0]))).toThrow(
      "as many targets",
    );
    expect(() => resolveMetric("auc").update(float32([1, 3], [0, 1, 0]), float32([1], [1]))).toThrow(
      "sparse in their names",
    );
  });
});
