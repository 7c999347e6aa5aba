import { PermafrostError } from "../../base/errors.ts";
import type { OnProgress } from "../../base/progress.ts";
import type { Callback, TrainingControl } from "./callback.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type RateCurve, rateCurve } from "./rateCurve.ts";

export interface RateTestOptions {
  /** The rate of the first step. Default 1e-7. */
  readonly lowest?: number;
  /** The rate of the last step, if the loss does not diverge before. Default 10. */
  readonly highest?: number;
  /** Steps from the lowest rate to the highest. Default 100. */
  readonly steps?: number;
  /** End when the loss is this many times its lowest value so far (both as running means). Default 4. */
  readonly divergence?: number;
}

export interface RateTestResult extends RateCurve {
  /** Why it ended: all steps were made, the loss grew, or it was no number any more. */
  readonly ended: "steps" | "divergence" | "invalid loss";
}

/** How slowly the running mean follows that tells a divergence. */
const runningMomentum = 0.9;

/**
 * Learning-rate range test (Smith 2017): training with a rate that grows from step to step by the same factor, until the loss
 * diverges. When it ends, weights and optimizer are as before. Give it to `fit` as the only callback, with epochs enough for
 * `steps`; `result` then tells what was found.
 *
 * @throws PermafrostError INVALID_ARGUMENT
 */
export class RateTest implements Callback {
  readonly steps: number;
  readonly #lowest: number;
  readonly #highest: number;
  readonly #divergence: number;
  readonly #onProgress: OnProgress | undefined;
  readonly #losses: number[] = [];
  #running = 0;
  #best = Number.POSITIVE_INFINITY;
  #ended: RateTestResult["ended"] | undefined;
  #before: Checkpoint | undefined;

  constructor(options: RateTestOptions & { readonly onProgress?: OnProgress } = {}) {
    const { lowest = 1e-7, highest = 10, steps = 100, divergence = 4 } = options;
    if (!(lowest > 0 && highest > lowest && Number.isFinite(highest))) {
      throw invalid(`rates: expected 0 < lowest < highest, got ${lowest} and ${highest}`);
    }
    if (!Number.isInteger(steps) || steps < 10)
      throw invalid(`steps: expected a whole number of at least 10, got ${steps}`);
    if (!(divergence > 1)) throw invalid(`divergence: expected a number above 1, got ${divergence}`);
    this.steps = steps;
    this.#lowest = lowest;
    this.#highest = highest;
    this.#divergence = divergence;
    this.#onProgress = options.onProgress;
  }

  /** What was measured so far. */
  get result(): RateTestResult {
    const rates = this.#losses.map((_, step) => this.#rateAt(step));
    return { ...rateCurve(rates, this.#losses), ended: this.#ended ?? "steps" };
  }

  async onTrainBegin(control: TrainingControl): Promise<void> {
    this.#before = await control.checkpoint();
  }

  onTrainBatchBegin(_batch: number, control: TrainingControl): void {
    control.learningRate = this.#rateAt(this.#losses.length);
  }

  async onTrainBatchEnd(_batch: number, _logs: unknown, control: TrainingControl): Promise<void> {
    const loss = control.stepLoss;
    this.#losses.push(loss);
    const done = this.#losses.length;
    const note = `rate ${this.#rateAt(done - 1).toExponential(1)}, loss ${loss.toFixed(4)}`;
    this.#onProgress?.({ phase: "find-rate", done, total: this.steps, unit: "steps", note });
    if (this.#diverges(loss)) await this.#end("divergence", control);
    else if (done === this.steps) await this.#end("steps", control);
  }

  onInvalidLoss(_batch: number, control: TrainingControl): Promise<void> {
    return this.#end("invalid loss", control);
  }

  /** Once more: with `useEma` the average has taken the weights' place meanwhile. */
  async onTrainEnd(_logs: unknown, control: TrainingControl): Promise<void> {
    await this.#restore(control);
  }

  #rateAt(step: number): number {
    return this.#lowest * (this.#highest / this.#lowest) ** (step / (this.steps - 1));
  }

  #diverges(loss: number): boolean {
    const steps = this.#losses.length;
    this.#running = runningMomentum * this.#running + (1 - runningMomentum) * loss;
    const mean = this.#running / (1 - runningMomentum ** steps);
    this.#best = Math.min(this.#best, mean);
    return steps > 1 && mean > this.#divergence * this.#best;
  }

  async #end(how: RateTestResult["ended"], control: TrainingControl): Promise<void> {
    this.#ended = how;
    await this.#restore(control);
    control.stopTraining = true;
  }

  async #restore(control: TrainingControl): Promise<void> {
    if (this.#before !== undefined) await control.restore(this.#before);
  }
}

function invalid(what: string): PermafrostError {
  return new PermafrostError("INVALID_ARGUMENT", `find rate: ${what}.`);
}
