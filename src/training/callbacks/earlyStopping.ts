import { PermafrostError } from "../../base/errors.ts";
import type { Callback, TrainingControl } from "../callback.ts";
import type { CallbackState } from "../checkpoint.ts";
import type { Logs } from "../logs.ts";

export interface EarlyStoppingOptions {
  /** What is watched. Default "val_loss". */
  readonly monitor?: string;
  /** Least change that counts as better. Default 0. */
  readonly minDelta?: number;
  /** Epochs without improvement before training ends. Default 0. */
  readonly patience?: number;
  /** Whether smaller or larger is better. Default "auto": by the name of what is watched. */
  readonly mode?: "auto" | "min" | "max";
  /** The first value that counts as an improvement. Default: none. */
  readonly baseline?: number;
  /** At the end put the weights of the best epoch back, whether or not training ended early. Default false. */
  readonly restoreBestWeights?: boolean;
  /** Epochs before watching begins. Default 0. */
  readonly startFromEpoch?: number;
}

/** Ends training when a measurement has stopped improving (Keras 3's EarlyStopping). Use a new one for each run. */
export class EarlyStopping implements Callback {
  readonly monitor: string;
  /** The epoch at whose end training was stopped; undefined if it was not. */
  stoppedEpoch: number | undefined;
  bestEpoch = 0;
  readonly #options: EarlyStoppingOptions;
  readonly #sign: 1 | -1;
  #best = Number.POSITIVE_INFINITY;
  #waited = 0;
  #bestWeights: readonly Float32Array[] | undefined;

  constructor(options: EarlyStoppingOptions = {}) {
    this.monitor = options.monitor ?? "val_loss";
    this.#options = options;
    this.#sign = largerIsBetter(this.monitor, options.mode ?? "auto") ? -1 : 1;
  }

  /** The best value so far. */
  get best(): number {
    return this.#best * this.#sign;
  }

  async onEpochEnd(epoch: number, logs: Logs, control: TrainingControl): Promise<void> {
    const { restoreBestWeights = false, startFromEpoch = 0, baseline, patience = 0 } = this.#options;
    const value = logs[this.monitor];
    if (value === undefined) throw this.#missing(logs);
    if (epoch < startFromEpoch) return;
    if (restoreBestWeights && this.#bestWeights === undefined) {
      // Weights to go back to even if nothing ever improves.
      this.#bestWeights = await control.getWeights();
      this.bestEpoch = epoch;
    }
    this.#waited++;
    if (this.#isBetter(value, this.#best)) {
      this.#best = value * this.#sign;
      this.bestEpoch = epoch;
      if (restoreBestWeights) this.#bestWeights = await control.getWeights();
      if (baseline === undefined || this.#isBetter(value, baseline * this.#sign)) this.#waited = 0;
      return;
    }
    if (this.#waited >= patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      control.stopTraining = true;
    }
  }

  async onTrainEnd(_logs: Logs, control: TrainingControl): Promise<void> {
    if (this.#bestWeights !== undefined) await control.setWeights(this.#bestWeights);
  }

  getState(): CallbackState {
    return {
      values: {
        best: Number.isFinite(this.#best) ? this.#best : null,
        waited: this.#waited,
        bestEpoch: this.bestEpoch,
        stoppedEpoch: this.stoppedEpoch ?? null,
        keepsWeights: this.#bestWeights !== undefined,
      },
      tensors: this.#bestWeights ?? [],
    };
  }

  setState({ values, tensors }: CallbackState): void {
    const number = (name: string) => (typeof values[name] === "number" ? values[name] : undefined);
    this.#best = number("best") ?? Number.POSITIVE_INFINITY;
    this.#waited = number("waited") ?? 0;
    this.bestEpoch = number("bestEpoch") ?? 0;
    this.stoppedEpoch = number("stoppedEpoch");
    this.#bestWeights = values["keepsWeights"] === true ? tensors : undefined;
  }

  #isBetter(value: number, best: number): boolean {
    return value * this.#sign + (this.#options.minDelta ?? 0) < best;
  }

  #missing(logs: Logs): PermafrostError {
    const hint = this.monitor.startsWith("val_") ? " Give fit validationData or a validationSplit." : "";
    return new PermafrostError(
      "INVALID_ARGUMENT",
      `EarlyStopping: ${this.monitor} is not measured; there is ${Object.keys(logs).join(", ")}.${hint}`,
    );
  }
}

/** @throws PermafrostError INVALID_ARGUMENT when the name does not tell. */
function largerIsBetter(monitor: string, mode: "auto" | "min" | "max"): boolean {
  if (mode !== "auto") return mode === "max";
  const name = monitor.replace(/^val_/, "");
  if (/loss|error|crossentropy|entropy|mse|mae/.test(name)) return false;
  if (/acc|auc|precision|recall|f1/.test(name)) return true;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `EarlyStopping: expected to know whether larger or smaller ${monitor} is better. Say mode: "min" or "max".`,
  );
}
