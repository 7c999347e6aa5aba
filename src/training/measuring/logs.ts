/** Measurements by Keras's names: "loss", "acc", "val_loss", ... Training first, each part in alphabetical order. */
export type Logs = Readonly<Record<string, number>>;

/** Keys in alphabetical order, as Keras 3 lists them. */
export function sortedLogs(logs: Logs): Logs {
  return Object.fromEntries(Object.entries(logs).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Every key with "val_" in front. */
export function validationLogs(logs: Logs): Logs {
  return Object.fromEntries(Object.entries(logs).map(([name, value]) => [`val_${name}`, value]));
}

/** A mean over batches, each counted as often as it has samples (Keras's reported loss). */
export class RunningMean {
  #sum = 0;
  #count = 0;

  update(value: number, count: number): void {
    this.#sum += value * count;
    this.#count += count;
  }

  get result(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  get state(): readonly number[] {
    return [this.#sum, this.#count];
  }

  set state([sum = 0, count = 0]: readonly number[]) {
    this.#sum = sum;
    this.#count = count;
  }
}
