import type { Compiled } from "./compile.ts";
import type { EncodedTargets } from "./labelledSamples.ts";
import { type Logs, RunningMean, sortedLogs } from "./logs.ts";

/** The loss and the metrics of a compiled model, gathered over the batches of an epoch. */
export class Measurements {
  #loss = new RunningMean();

  static of(_compiled: Compiled, _targets: EncodedTargets): Measurements {
    return new Measurements();
  }

  reset(): void {
    this.#loss = new RunningMean();
  }

  update(loss: number, _prediction: Float32Array, _targets: Float32Array, count: number): void {
    this.#loss.update(loss, count);
  }

  /** By Keras's names, in its order. */
  get logs(): Logs {
    return sortedLogs({ loss: this.#loss.result });
  }
}
