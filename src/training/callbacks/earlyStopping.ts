import type { Logs } from "../measuring/logs.ts";
import type { Callback, TrainingControl } from "./callback.ts";
import type { CallbackState } from "./checkpoint.ts";
import { Monitor, type MonitorMode } from "./monitor.ts";

export interface EarlyStoppingOptions {
  /** What is watched. Default "val_loss". */
  readonly monitor?: string;
  /** Least change that counts as better. Default 0. */
  readonly minDelta?: number;
  /** Epochs without improvement before training ends. Default 0. */
  readonly patience?: number;
  /** Whether smaller or larger is better. Default "auto": by the name of what is watched. */
  readonly mode?: MonitorMode;
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
  readonly #monitor: Monitor;
  #waited = 0;
  #bestWeights: readonly Float32Array[] | undefined;

  constructor(options: EarlyStoppingOptions = {}) {
    this.monitor = options.monitor ?? "val_loss";
    this.#options = options;
    this.#monitor = new Monitor("EarlyStopping", this.monitor, options.mode, options.minDelta);
  }

  /** The best value so far; undefined before the first. */
  get best(): number | undefined {
    return this.#monitor.best;
  }

  async onEpochEnd(epoch: number, logs: Logs, control: TrainingControl): Promise<void> {
    const { restoreBestWeights = false, startFromEpoch = 0, baseline, patience = 0 } = this.#options;
    const value = this.#monitor.value(logs, control);
    if (value === undefined || epoch < startFromEpoch) return;
    if (restoreBestWeights && this.#bestWeights === undefined) {
      // Weights to go back to even if nothing ever improves.
      this.#bestWeights = await control.getWeights();
      this.bestEpoch = epoch;
    }
    this.#waited++;
    if (this.#monitor.isBetter(value, this.#monitor.best)) {
      this.#monitor.best = value;
      this.bestEpoch = epoch;
      if (restoreBestWeights) this.#bestWeights = await control.getWeights();
      if (this.#monitor.isBetter(value, baseline)) this.#waited = 0;
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
        best: this.#monitor.state,
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
    this.#monitor.state = values["best"];
    this.#waited = number("waited") ?? 0;
    this.bestEpoch = number("bestEpoch") ?? 0;
    this.stoppedEpoch = number("stoppedEpoch");
    this.#bestWeights = values["keepsWeights"] === true ? tensors : undefined;
  }
}
