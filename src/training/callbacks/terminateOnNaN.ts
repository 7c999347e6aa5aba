import type { Callback, TrainingControl } from "./callback.ts";
import type { TextStream } from "./progressLine.ts";

export interface TerminateOnNaNOptions {
  /** End with the error LOSS_NAN, which is what `fit` does without this callback. Default false. */
  readonly raiseError?: boolean;
  /** Where the reason is said. Default: standard error. */
  readonly stream?: TextStream;
}

/**
 * Ends training in peace when the loss is no finite number any more (Keras 3's TerminateOnNaN): the history ends with that
 * epoch. The step is not made, so the model keeps the weights before it.
 */
export class TerminateOnNaN implements Callback {
  readonly #options: TerminateOnNaNOptions;

  constructor(options: TerminateOnNaNOptions = {}) {
    this.#options = options;
  }

  onInvalidLoss(batch: number, control: TrainingControl): void {
    const { raiseError = false, stream = process.stderr } = this.#options;
    if (raiseError) return;
    stream.write(`Batch ${batch}: Invalid loss, terminating training\n`);
    control.stopTraining = true;
  }
}
