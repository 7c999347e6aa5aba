import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { metricLogs, OutputMetrics } from "./outputMetrics.ts";

interface Golden {
  readonly history: readonly {
    readonly metrics: readonly string[];
    readonly weightedMetrics: readonly string[];
    readonly keys: readonly string[];
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/streamedMetrics.json", import.meta.url), "utf8"),
) as Golden;

const oneColumn = { prediction: [1], target: [1] };

describe("metrics of an output", () => {
  it.each(golden.history)("have Keras's keys: $metrics and weighted $weightedMetrics", (one) => {
    const measured = new OutputMetrics(one, oneColumn);
    const keys = Object.keys({ loss: 0, ...metricLogs(measured.results) });
    expect(keys.sort()).toEqual(one.keys.filter((key) => !key.startsWith("val_")));
  });

  it("have the output's name in front where a model has several", () => {
    const choice = { metrics: ["acc"], weightedMetrics: ["acc"] };
    const results = ["a", "b"].flatMap((name) => new OutputMetrics(choice, oneColumn, name).results);
    expect(Object.keys(metricLogs(results))).toEqual(["a_acc", "b_acc", "a_weighted_acc", "b_weighted_acc"]);
  });

  it("take notice of weights only where they are weighted", () => {
    const measured = new OutputMetrics({ metrics: ["mse"], weightedMetrics: ["mse"] }, oneColumn);
    const batch = { prediction: Float32Array.of(1, 2, 9), targets: Float32Array.of(0, 0, 9), count: 2 };
    measured.update({ ...batch, weights: Float32Array.of(3, 1, 9) });
    expect(metricLogs(measured.results)).toEqual({ mse: 2.5, weighted_mse: 1.75 });
  });

  it("read pictures with their channels last, each position a sample", () => {
    const shapes = { prediction: [2, 1, 2], target: [1, 2] };
    const choice = { metrics: ["sparse_categorical_accuracy"], weightedMetrics: [] };
    const measured = new OutputMetrics(choice, shapes);
    // Channel 0 has 0.9 and 0.2, channel 1 has 0.1 and 0.8: the first pixel is of class 0, the second of class 1.
    const prediction = Float32Array.of(0.9, 0.2, 0.1, 0.8);
    measured.update({ prediction, targets: Float32Array.of(0, 0), count: 1 });
    expect(metricLogs(measured.results)).toEqual({ sparse_categorical_accuracy: 0.5 });
  });

  it("go on from a saved state", () => {
    const choice = { metrics: ["acc", "auc"], weightedMetrics: ["mse"] };
    const batch = { prediction: Float32Array.of(0.3, 0.7), targets: Float32Array.of(0, 1), count: 2 };
    const [first, second] = [new OutputMetrics(choice, oneColumn), new OutputMetrics(choice, oneColumn)];
    first.update(batch);
    second.setState(JSON.parse(JSON.stringify(first.getState())));
    for (const measured of [first, second]) measured.update(batch);
    expect(second.results).toEqual(first.results);
  });
});
