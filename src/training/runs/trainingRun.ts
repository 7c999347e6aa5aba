import { PermafrostError } from "../../base/errors.ts";
import type { Model } from "../../models/functional.ts";
import { learningRateAt } from "../../optimizers/schedules/schedule.ts";
import type { Callback, TrainingControl } from "../callbacks/callback.ts";
import type { Checkpoint } from "../callbacks/checkpoint.ts";
import type { Compiled } from "../compiled/compile.ts";
import { type FitParams, HistoryRecorder } from "../measuring/history.ts";
import type { Logs } from "../measuring/logs.ts";
import type { MeasurementState, Measurements } from "../measuring/measurements.ts";
import type { Trainer } from "../thread/trainer.ts";

/**
 * One call of `fit`: the compiled model, the thread that trains it, and what callbacks may see and change.
 * The model's own weights are brought up to date at the end of each epoch.
 */
export class TrainingRun implements TrainingControl {
  readonly compiled: Compiled;
  readonly trainer: Trainer;
  readonly params: FitParams;
  readonly callbacks: readonly Callback[];
  readonly history: HistoryRecorder;
  stopTraining = false;
  stepLoss = Number.NaN;
  /** The epoch with which training goes on. */
  nextEpoch = 0;
  nextStep = 0;
  /** Updates made, over all calls of `fit` since `compile`. */
  iteration: number;
  #fixedRate: number | undefined;
  /** Of the epoch under way. */
  #measurements: Measurements | undefined;
  /** Of a restored checkpoint, until its epoch is taken up. */
  #measured: MeasurementState | undefined;

  constructor(compiled: Compiled, trainer: Trainer, params: FitParams, callbacks: readonly Callback[]) {
    this.compiled = compiled;
    this.trainer = trainer;
    this.params = params;
    this.callbacks = callbacks;
    this.history = new HistoryRecorder(params);
    this.iteration = compiled.state?.iteration ?? 0;
  }

  get model(): Model {
    return this.compiled.model;
  }

  get learningRate(): number {
    return this.#fixedRate ?? learningRateAt(this.compiled.optimizer.config.learningRate, this.iteration);
  }

  set learningRate(rate: number) {
    this.#fixedRate = rate;
  }

  async getWeights(): Promise<readonly Float32Array[]> {
    return (await this.trainer.read(this.iteration)).weights;
  }

  async updateModel(): Promise<void> {
    this.#store(await this.getWeights());
  }

  async setWeights(weights: readonly Float32Array[]): Promise<void> {
    await this.trainer.write({ weights, slots: [] });
    this.#store(weights);
  }

  /** Hands the model's weights, and the optimizer's memory if there is any, to the training thread. */
  async begin(): Promise<void> {
    await this.trainer.write({ weights: this.weights, slots: this.compiled.state?.slots ?? [] });
  }

  /**
   * Takes weights and slots over from the training thread.
   *
   * @returns false, with nothing taken over, if a weight is not a finite number any more.
   */
  async keep(): Promise<boolean> {
    const { weights, slots, finite } = await this.trainer.read(this.iteration, true);
    if (!finite) return false;
    this.#store(weights);
    this.compiled.state = { iteration: this.iteration, slots };
    return true;
  }

  /**
   * Begins to measure an epoch, or goes on where a restored checkpoint was taken.
   *
   * @returns The step with which the epoch goes on.
   */
  measure(measurements: Measurements): number {
    measurements.reset();
    if (this.#measured !== undefined) measurements.setState(this.#measured);
    this.#measured = undefined;
    this.#measurements = measurements;
    return this.nextStep;
  }

  /** At the end of training: where the optimizer keeps an average of the weights, it takes their place (Keras's `useEma`). */
  async finalize(): Promise<void> {
    if (!this.compiled.optimizer.config.useEma || this.iteration === 0) return;
    await this.useAverage("take");
    await this.keep();
  }

  async useAverage(how: "take" | "exchange"): Promise<void> {
    if (!this.compiled.optimizer.config.useEma) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        "average of the weights: expected an optimizer that keeps one, got one that does not. Give it useEma: true.",
      );
    }
    await this.trainer.useAverage(how);
  }

  /** Notes an epoch's measurements. */
  finish(epoch: number, logs: Logs): void {
    this.history.add(epoch, logs);
    this.nextEpoch = epoch + 1;
    this.nextStep = 0;
  }

  async checkpoint(): Promise<Checkpoint> {
    const { weights, slots } = await this.trainer.read(this.iteration, true);
    return {
      nextEpoch: this.nextEpoch,
      nextStep: this.nextStep,
      measured: this.nextStep === 0 ? undefined : this.#measurements?.getState(),
      iteration: this.iteration,
      stopTraining: this.stopTraining,
      fixedRate: this.#fixedRate,
      paths: this.paths,
      weights,
      slots,
      history: { history: this.history.history, epoch: this.history.epoch },
      callbacks: this.callbacks.map((callback) => callback.getState?.()),
    };
  }

  async restore(checkpoint: Checkpoint): Promise<void> {
    this.#checkSameWeights(checkpoint);
    const { iteration, weights, slots } = checkpoint;
    await this.trainer.write({ weights, slots });
    this.#store(weights);
    this.compiled.state = { iteration, slots };
    this.iteration = iteration;
    this.nextEpoch = checkpoint.nextEpoch;
    this.nextStep = checkpoint.nextStep;
    this.#measured = checkpoint.measured;
    this.stopTraining = checkpoint.stopTraining;
    this.#fixedRate = checkpoint.fixedRate;
    this.history.restore(checkpoint.history);
    for (const [index, callback] of this.callbacks.entries()) {
      const state = checkpoint.callbacks[index];
      if (state !== undefined) callback.setState?.(state);
    }
  }

  /** Calls one hook of every callback, one after the other. */
  async notify(call: (callback: Callback) => void | Promise<void>): Promise<void> {
    for (const callback of this.callbacks) await call(callback);
  }

  #store(weights: readonly Float32Array[]): void {
    for (const [index, parameter] of this.#parameters().entries()) parameter.value.set(weights[index]!);
  }

  /** Of all that training changes, in the order of the training program. */
  get paths(): readonly string[] {
    const { parameters, statistics } = this.trainer.program;
    return [...parameters, ...statistics].map(({ path }) => path);
  }

  /** The model's weights that training changes, live, in the same order. */
  get weights(): readonly Float32Array[] {
    return this.#parameters().map(({ value }) => value);
  }

  #checkSameWeights({ paths, weights }: Checkpoint): void {
    const described = (names: readonly string[], sizes: readonly number[]) =>
      names.map((name, index) => `${name} (${sizes[index]})`).join(", ");
    const found = described(
      paths,
      weights.map(({ length }) => length),
    );
    const expected = described(
      this.paths,
      this.#parameters().map(({ value }) => value.length),
    );
    if (found === expected) return;
    throw new PermafrostError(
      "WEIGHTS_INVALID",
      `checkpoint: expected the trained weights ${expected}, got ${found}: it is of another model. Give each run a folder of its own.`,
    );
  }

  /** In the order of the training program. */
  #parameters() {
    const { trained, statistics } = this.compiled;
    return this.paths.map((path) => {
      const parameter = trained.get(path) ?? statistics.get(path);
      if (parameter === undefined) throw new PermafrostError("INTERNAL", `internal: ${path} is not trained.`);
      return parameter;
    });
  }
}
