import type { Compiled } from "../compiled/compile.ts";
import { type Logs, RunningMean, sortedLogs } from "./logs.ts";
import { metricLogs, OutputMetrics } from "./outputMetrics.ts";

/** What measurements have gathered, for a checkpoint in the middle of an epoch. */
export type MeasurementState = readonly (readonly number[])[];

/** What a batch showed of one output. */
export interface MeasuredOutput {
  /** Its own loss, without its loss weight; undefined where only one loss is trained, or none of this output. */
  readonly loss: number | undefined;
  /** Predictions of all samples of the batch, one after the other. */
  readonly prediction: Float32Array;
  /** Their targets. */
  readonly targets: Float32Array;
  /** Their weights; undefined: 1 each. */
  readonly weights: Float32Array | undefined;
}

/**
 * The losses and the metrics of a compiled model, gathered batch by batch. Where a model has several outputs their names
 * stand before the metrics' names, and where it has several losses each has a mean of its own, "<output>_loss".
 */
export class Measurements {
  readonly #outputs: Compiled["outputs"];
  /** One for each output. */
  readonly #metrics: readonly OutputMetrics[];
  /** The sum of the losses, then each output's own. */
  readonly #losses: ReadonlyMap<string, RunningMean>;

  /** @param targetShapes - One target's shape for each output, as `encodeTargets` gave it. */
  constructor({ model, outputs }: Compiled, targetShapes: readonly (readonly number[])[]) {
    this.#outputs = outputs;
    const several = model.outputs.length > 1;
    this.#metrics = outputs.map((output, place) => {
      const shapes = { prediction: output.shape, target: targetShapes[place]! };
      return new OutputMetrics(output, shapes, several ? output.name : undefined);
    });
    const trained = outputs.filter(({ loss }) => loss !== undefined);
    const keys = trained.length > 1 ? trained.map(({ name }) => `${name}_loss`) : [];
    this.#losses = new Map(["loss", ...keys].map((key) => [key, new RunningMean()]));
  }

  reset(): void {
    for (const loss of this.#losses.values()) loss.state = [];
    for (const metrics of this.#metrics) metrics.reset();
  }

  /**
   * @param loss - The batch's loss, penalties included.
   * @param count - How many samples it has.
   */
  update(loss: number, outputs: readonly MeasuredOutput[], count: number): void {
    this.#losses.get("loss")!.update(loss, count);
    for (const [place, { loss: own, prediction, targets, weights }] of outputs.entries()) {
      if (own !== undefined) this.#losses.get(`${this.#outputs[place]!.name}_loss`)?.update(own, count);
      this.#metrics[place]!.update({ prediction, targets, count, weights });
    }
  }

  /** Everything gathered so far, in numbers: the losses first, then each metric. */
  getState(): MeasurementState {
    const losses = [...this.#losses.values()].map(({ state }) => state);
    return [...losses, ...this.#metrics.flatMap((metrics) => metrics.getState())];
  }

  /** Goes on from an earlier state of the same measurements. */
  setState(state: MeasurementState): void {
    const rest = [...state];
    for (const loss of this.#losses.values()) loss.state = rest.shift() ?? [];
    for (const metrics of this.#metrics) metrics.setState(rest.splice(0, metrics.getState().length));
  }

  /** By Keras's names, in its order. */
  get logs(): Logs {
    const losses = [...this.#losses].map(([key, loss]) => [key, loss.result] as const);
    return sortedLogs({
      ...Object.fromEntries(losses),
      ...metricLogs(this.#metrics.flatMap(({ results }) => results)),
    });
  }
}
