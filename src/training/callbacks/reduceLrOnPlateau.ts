import { PermafrostError } from "../../base/errors.ts";
import { type Announcement, announce } from "./announce.ts";
import type { Callback, EpochLogs, TrainingControl } from "./callback.ts";
import type { CallbackState } from "./checkpoint.ts";
import { Monitor, type MonitorMode } from "./monitor.ts";

export interface ReduceLROnPlateauOptions extends Announcement {
  /** What is watched. Default "val_loss". */
  readonly monitor?: string;
  /** The rate is multiplied by it; below 1. Default 0.1. */
  readonly factor?: number;
  /** Epochs without improvement before the rate is reduced. Default 10. */
  readonly patience?: number;
  /** Whether smaller or larger is better. Default "auto": by the name of what is watched. */
  readonly mode?: MonitorMode;
  /** Least change that counts as better. Default 1e-4. */
  readonly minDelta?: number;
  /** Epochs after a reduction in which nothing is counted. Default 0. */
  readonly cooldown?: number;
  /** The rate never falls below it. Default 0. */
  readonly minLr?: number;
}

/**
 * Reduces the learning rate when a measurement has stopped improving (Keras 3's ReduceLROnPlateau). The measurements of an
 * epoch get its `learning_rate`. The first reduction ends a schedule: from then on the rate is a number.
 */
export class ReduceLROnPlateau implements Callback {
  readonly #options: ReduceLROnPlateauOptions;
  readonly #monitor: Monitor;
  #waited = 0;
  #cooling = 0;

  /** @throws PermafrostError INVALID_ARGUMENT for a factor of 1 or more. */
  constructor(options: ReduceLROnPlateauOptions = {}) {
    const { monitor = "val_loss", factor = 0.1, mode, minDelta = 1e-4 } = options;
    if (!(factor < 1)) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `ReduceLROnPlateau: expected a factor below 1, got ${factor}.`,
      );
    }
    this.#options = options;
    this.#monitor = new Monitor("ReduceLROnPlateau", monitor, mode, minDelta);
  }

  onEpochEnd(epoch: number, logs: EpochLogs, control: TrainingControl): void {
    logs["learning_rate"] = control.learningRate;
    const value = this.#monitor.value(logs, control);
    if (value === undefined) return;
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#waited = 0;
    }
    if (this.#monitor.isBetter(value, this.#monitor.best)) {
      this.#monitor.best = value;
      this.#waited = 0;
    } else if (this.#cooling === 0) {
      this.#waited++;
      if (this.#waited >= (this.#options.patience ?? 10)) this.#reduce(epoch, control);
    }
  }

  #reduce(epoch: number, control: TrainingControl): void {
    const { factor = 0.1, minLr = 0, cooldown = 0 } = this.#options;
    if (control.learningRate <= minLr) return;
    control.learningRate = Math.max(control.learningRate * factor, minLr);
    this.#cooling = cooldown;
    this.#waited = 0;
    announce(
      this.#options,
      `Epoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${control.learningRate}.`,
    );
  }

  getState(): CallbackState {
    return {
      values: { best: this.#monitor.state, waited: this.#waited, cooling: this.#cooling },
      tensors: [],
    };
  }

  setState({ values }: CallbackState): void {
    this.#monitor.state = values["best"];
    this.#waited = Number(values["waited"]);
    this.#cooling = Number(values["cooling"]);
  }
}
