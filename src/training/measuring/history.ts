import type { FrozenDigests } from "../compiled/frozenWeights.ts";
import type { FeatureCounts } from "../features/storedFeatures.ts";
import type { Logs } from "./logs.ts";

/** What `fit` was told, as Keras's `History.params`. */
export interface FitParams {
  readonly epochs: number;
  /** Steps of one epoch. */
  readonly steps: number;
  readonly verbose: number;
  /** Epochs from one validation to the next, if not 1. */
  readonly validationFreq?: number;
}

/** What `fit` hands back (Keras's History): each measurement epoch by epoch. */
export interface History {
  /** "loss", the metrics by the names they were given, then the same with "val_". */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** Numbers of the epochs that were finished, from 0. */
  readonly epoch: readonly number[];
  readonly params: FitParams;
  /** What the frozen part of the network was run for; left out where nothing was looked up in a feature store. */
  readonly features?: FeatureCounts;
  /** SHA-256 over the weights that training must not change, before and after it: `fit` fails where they differ. */
  readonly frozen?: FrozenDigests;
}

/** Collects a History. */
export class HistoryRecorder implements History {
  readonly history: Record<string, number[]> = {};
  readonly epoch: number[] = [];
  readonly params: FitParams;
  frozen?: FrozenDigests;

  constructor(params: FitParams) {
    this.params = params;
  }

  add(epoch: number, logs: Logs): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) {
      const values = this.history[name] ?? [];
      values.push(value);
      this.history[name] = values;
    }
  }

  /** The measurements of the last epoch; none before the first. */
  get last(): Logs {
    return Object.fromEntries(Object.entries(this.history).map(([name, values]) => [name, values.at(-1)!]));
  }

  /** Takes up the epochs of an earlier part of the same run in place of its own. */
  restore({ history, epoch }: Pick<History, "history" | "epoch">): void {
    for (const name of Object.keys(this.history)) delete this.history[name];
    for (const [name, values] of Object.entries(history)) this.history[name] = [...values];
    this.epoch.splice(0, this.epoch.length, ...epoch);
  }
}
