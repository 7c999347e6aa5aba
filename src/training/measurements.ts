import type { Compiled } from "./compile.ts";
import { type Logs, RunningMean, sortedLogs } from "./logs.ts";
import { metricLogs, OutputMetrics } from "./outputMetrics.ts";

/** What measurements have gathered, for a checkpoint in the middle of an epoch. */
export type MeasurementState = readonly (readonly number[])[];

/** The loss and the metrics of a compiled model, gathered batch by batch. */
export class Measurements {
  readonly #metrics: OutputMetrics;
  #loss = new RunningMean();

  /** @param targetShape - One target's shape, as `encodeTargets` gave it. */
  constructor(compiled: Compiled, targetShape: readonly number[]) {
    this.#metrics = new OutputMetrics(compiled, { prediction: compiled.outputShape, target: targetShape });
  }

  reset(): void {
    this.#loss = new RunningMean();
    this.#metrics.reset();
  }

  /**
   * @param loss - The batch's loss, penalties included.
   * @param prediction - Predictions of all its samples, one after the other.
   * @param targets - Their targets.
   * @param weights - Their weights, for weighted metrics; left out: 1.
   */
  update(
    loss: number,
    prediction: Float32Array,
    targets: Float32Array,
    count: number,
    weights?: Float32Array,
  ): void {
    this.#loss.update(loss, count);
    this.#metrics.update({ prediction, targets, count, weights });
  }

  /** Everything gathered so far, in numbers: the loss first, then each metric. */
  getState(): MeasurementState {
    return [this.#loss.state, ...this.#metrics.getState()];
  }

  /** Goes on from an earlier state of the same measurements. */
  setState([loss = [], ...metrics]: MeasurementState): void {
    this.#loss.state = loss;
    this.#metrics.setState(metrics);
  }

  /** By Keras's names, in its order. */
  get logs(): Logs {
    return sortedLogs({ loss: this.#loss.result, ...metricLogs(this.#metrics.results) });
  }
}
