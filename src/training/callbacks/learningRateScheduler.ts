import { PermafrostError } from "../../base/errors.ts";
import { type Announcement, announce } from "./announce.ts";
import type { Callback, EpochLogs, TrainingControl } from "./callback.ts";

/**
 * The rate of an epoch.
 *
 * @param epoch - Counted from 0.
 * @param learningRate - The rate as it is now.
 */
export type EpochSchedule = (epoch: number, learningRate: number) => number;

/**
 * Sets the learning rate at the beginning of each epoch (Keras 3's LearningRateScheduler). The measurements of an epoch get
 * its `learning_rate`.
 */
export class LearningRateScheduler implements Callback {
  readonly #schedule: EpochSchedule;
  readonly #options: Announcement;

  constructor(schedule: EpochSchedule, options: Announcement = {}) {
    this.#schedule = schedule;
    this.#options = options;
  }

  /** @throws PermafrostError INVALID_ARGUMENT when the schedule gives something that is no rate. */
  onEpochBegin(epoch: number, control: TrainingControl): void {
    // An epoch that is taken up in its middle has its rate already.
    if (control.nextStep > 0) return;
    const rate = this.#schedule(epoch, control.learningRate);
    if (typeof rate !== "number" || !Number.isFinite(rate) || rate < 0) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `LearningRateScheduler: expected the schedule to give a rate of 0 or more for epoch ${epoch}, got ${rate}.`,
      );
    }
    control.learningRate = rate;
    announce(this.#options, `Epoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
  }

  onEpochEnd(_epoch: number, logs: EpochLogs, control: TrainingControl): void {
    logs["learning_rate"] = control.learningRate;
  }
}
