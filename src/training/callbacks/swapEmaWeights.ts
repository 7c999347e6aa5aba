import type { Logs } from "../measuring/logs.ts";
import type { Callback, TrainingControl } from "./callback.ts";
import type { CallbackState } from "./checkpoint.ts";

export interface SwapEMAWeightsOptions {
  /**
   * Leave the average in the model from the end of each epoch to the beginning of the next, for callbacks behind this one
   * (ModelCheckpoint). Default false: only while validating.
   */
  readonly swapOnEpoch?: boolean;
}

/**
 * Measures epochs with the moving average of the weights (Keras 3's SwapEMAWeights). The optimizer needs `useEma: true`.
 *
 * @throws PermafrostError INVALID_ARGUMENT when the optimizer keeps no average.
 */
export class SwapEMAWeights implements Callback {
  readonly #swapOnEpoch: boolean;
  #control: TrainingControl | undefined;
  #swapped = false;

  constructor({ swapOnEpoch = false }: SwapEMAWeightsOptions = {}) {
    this.#swapOnEpoch = swapOnEpoch;
  }

  onTrainBegin(control: TrainingControl): void {
    this.#control = control;
  }

  onTrainEnd(): void {
    this.#control = undefined;
  }

  async onEpochBegin(): Promise<void> {
    await this.#swap(false);
  }

  async onEpochEnd(epoch: number, _logs: Logs, control: TrainingControl): Promise<void> {
    if (!this.#swapOnEpoch) return;
    // At the end of training the average takes the weights' place anyway; an exchange would be undone by that.
    const isLast = epoch === control.params.epochs - 1 || control.stopTraining;
    if (isLast) await control.useAverage("take");
    else await this.#swap(true);
    await control.updateModel();
  }

  async onTestBegin(): Promise<void> {
    await this.#swap(true);
  }

  async onTestEnd(): Promise<void> {
    await this.#swap(false);
  }

  getState(): CallbackState {
    return { values: { swapped: this.#swapped }, tensors: [] };
  }

  setState({ values }: CallbackState): void {
    this.#swapped = values["swapped"] === true;
  }

  async #swap(wanted: boolean): Promise<void> {
    if (this.#control === undefined || this.#swapped === wanted) return;
    await this.#control.useAverage("exchange");
    this.#swapped = wanted;
  }
}
