import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sameSpelling } from "../base/identifiers.ts";
import { float32 } from "../tensor/tensor.ts";
import { accuracyKind } from "./accuracy.ts";
import { checkMetric, resolveMetric } from "./index.ts";

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

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/metrics.json", import.meta.url), "utf8"),
) as Golden;

function rows({ shape, values }: Numbers, from: number, to: number) {
  const width = values.length / shape[0]!;
  return float32([to - from, ...shape.slice(1)], values.slice(from * width, to * width));
}

describe("metrics", () => {
  it.each(golden.accuracy)("run over unequal batches as Keras's do: $name", (one) => {
    const metric = resolveMetric(`${one.kind}_accuracy`, one.prediction.shape, one.target.shape);
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

  it.each(golden.resolution)(
    "'accuracy' of predictions $prediction and targets $target is $kind",
    ({ kind, prediction, target }) => {
      expect(sameSpelling(accuracyKind(prediction, target))).toBe(sameSpelling(kind));
    },
  );

  it("keep the name they were given", () => {
    expect(resolveMetric("acc", [4, 1], [4]).name).toBe("acc");
    expect(resolveMetric("accuracy", [4, 1], [4]).name).toBe("accuracy");
  });

  it("start again after a reset", () => {
    const metric = resolveMetric("acc", [1, 1], [1]);
    metric.update(float32([1, 1], [0.9]), float32([1], [1]));
    metric.reset();
    expect(metric.result()).toBe(0);
  });

  it("suggest the nearest name", () => {
    expect(() => checkMetric("acuracy")).toThrow("Did you mean accuracy?");
  });

  it("refuse batches of different length", () => {
    const metric = resolveMetric("acc", [2, 1], [1]);
    expect(() => metric.update(float32([2, 1], [0, 1]), float32([1], [1]))).toThrow("as many rows");
  });
});
