import { type Metric, resolveMetric } from "../metrics/index.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { Compiled } from "./compile.ts";
import { type Logs, RunningMean, sortedLogs } from "./logs.ts";

/** What measurements have gathered, for a checkpoint in the middle of an epoch. */
export type MeasurementState = readonly (readonly number[])[];

/** The loss and the metrics of a compiled model, gathered batch by batch. Metrics take no notice of weights, as in Keras. */
export class Measurements {
  readonly #metrics: readonly Metric[];
  readonly #predictionShape: readonly number[];
  readonly #targetShape: readonly number[];
  #loss = new RunningMean();

  /** @param targetShape - One target's shape, as `encodeTargets` gave it. */
  constructor(compiled: Compiled, targetShape: readonly number[]) {
    this.#predictionShape = compiled.outputShape;
    this.#targetShape = targetShape;
    this.#metrics = compiled.metrics.map((name) =>
      resolveMetric(name, ["batch", ...this.#predictionShape], ["batch", ...targetShape]),
    );
  }

  reset(): void {
    this.#loss = new RunningMean();
    for (const metric of this.#metrics) metric.reset();
  }

  /**
   * @param loss - The batch's loss, penalties included.
   * @param prediction - Predictions of all its samples, one after the other.
   * @param targets - Their targets.
   */
  update(loss: number, prediction: Float32Array, targets: Float32Array, count: number): void {
    this.#loss.update(loss, count);
    const rows = (data: Float32Array, shape: readonly number[]) =>
      ({
        dtype: "float32",
        shape: [count, ...shape],
        data: data.subarray(0, count * sizeOf(shape)),
      }) as const;
    for (const metric of this.#metrics) {
      metric.update(rows(prediction, this.#predictionShape), rows(targets, this.#targetShape));
    }
  }

  /** Everything gathered so far, in numbers: the loss first, then each metric. */
  getState(): MeasurementState {
    return [this.#loss.state, ...this.#metrics.map((metric) => metric.getState())];
  }

  /** Goes on from an earlier state of the same measurements. */
  setState([loss = [], ...metrics]: MeasurementState): void {
    this.#loss.state = loss;
    for (const [index, metric] of this.#metrics.entries()) metric.setState(metrics[index] ?? []);
  }

  /** By Keras's names, in its order. */
  get logs(): Logs {
    const logs: Record<string, number> = { loss: this.#loss.result };
    for (const metric of this.#metrics) logs[metric.name] = metric.result();
    return sortedLogs(logs);
  }
}
