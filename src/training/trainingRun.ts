import { PermafrostError } from "../base/errors.ts";
import type { Model } from "../models/functional.ts";
import { learningRateAt } from "../optimizers/schedules/schedule.ts";
import type { Callback, TrainingControl } from "./callback.ts";
import type { Compiled } from "./compile.ts";
import type { FitParams } from "./history.ts";
import type { Trainer } from "./trainer.ts";

/**
 * One call of `fit`: the compiled model, the thread that trains it, and what callbacks may see and change.
 * The model's own weights are brought up to date at the end of each epoch.
 */
export class TrainingRun implements TrainingControl {
  readonly compiled: Compiled;
  readonly trainer: Trainer;
  readonly params: FitParams;
  readonly callbacks: readonly Callback[];
  stopTraining = false;
  /** Updates made, over all calls of `fit` since `compile`. */
  iteration: number;
  #fixedRate: number | undefined;

  constructor(compiled: Compiled, trainer: Trainer, params: FitParams, callbacks: readonly Callback[]) {
    this.compiled = compiled;
    this.trainer = trainer;
    this.params = params;
    this.callbacks = callbacks;
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

  async setWeights(weights: readonly Float32Array[]): Promise<void> {
    await this.trainer.write({ iteration: this.iteration, weights, slots: [] });
    this.#store(weights);
  }

  /** Hands the model's weights, and the optimizer's memory if there is any, to the training thread. */
  async begin(): Promise<void> {
    const parameters = this.#parameters();
    await this.trainer.write({
      iteration: this.iteration,
      // Copies: sending a view would send everything else that lies in the same memory.
      weights: parameters.map((parameter) => parameter.value.slice()),
      slots: this.compiled.state?.slots ?? [],
    });
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

  /** Calls one hook of every callback, one after the other. */
  async notify(call: (callback: Callback) => void | Promise<void>): Promise<void> {
    for (const callback of this.callbacks) await call(callback);
  }

  #store(weights: readonly Float32Array[]): void {
    for (const [index, parameter] of this.#parameters().entries()) parameter.value.set(weights[index]!);
  }

  /** In the order of the training program. */
  #parameters() {
    return this.trainer.program.parameters.map(({ path }) => {
      const parameter = this.compiled.trained.get(path);
      if (parameter === undefined) throw new PermafrostError("INTERNAL", `internal: ${path} is not trained.`);
      return parameter;
    });
  }
}
