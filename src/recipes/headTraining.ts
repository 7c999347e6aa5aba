import type { BaseNetwork } from "../applications/index.ts";
import type { PermafrostError } from "../base/errors.ts";
import type { Split } from "../data/dataset.ts";
import type { SplitSample } from "../data/split.ts";
import type { Engine } from "../engine/engine.ts";
import type { FeatureTable } from "../features/featureTable.ts";
import type { FeatureStore } from "../features/store.ts";
import type { Sequential } from "../models/sequential.ts";
import type { Callback } from "../training/callback.ts";
import type { History } from "../training/history.ts";
import type { ForwardCounts, Recomputation } from "./forwardCounts.ts";
import type { PhaseClock } from "./phaseClock.ts";
import type { PreparedData } from "./prepareData.ts";
import type { TrainingRequest } from "./training.ts";
import type { UnfinishedRun } from "./unfinishedRun.ts";

/** What the training of a head works with. */
export interface HeadTraining {
  readonly request: TrainingRequest;
  readonly engine: Engine;
  readonly store: FeatureStore;
  readonly base: BaseNetwork;
  readonly model: Sequential;
  readonly found: PreparedData;
  readonly warn: (text: string) => void;
  readonly clock: PhaseClock;
  /** Keeps what is needed to take the training up again; left out: nothing is kept. */
  readonly run?: UnfinishedRun;
  /** Told of its steps and epochs too. */
  readonly callback?: Callback;
  /** Run the whole network on every picture of every step: same bits, much slower. For comparison. */
  readonly plainly?: boolean;
}

export interface TrainedHead extends PreparedData {
  readonly model: Sequential;
  readonly table: FeatureTable;
  /** Of the finished epochs. */
  readonly history: History;
  /** Why training stopped early, with the weights of the last good epoch kept. */
  readonly failure?: PermafrostError;
  readonly forwards: ForwardCounts;
  readonly bytesWritten: number;
  readonly recomputed: readonly Recomputation[];
  readonly cut: string;
}

/** Samples of one split, in the data set's order. */
export function samplesOf(data: PreparedData, split: Split): readonly SplitSample[] {
  return data.dataset.samples.filter((sample) => sample.split === split);
}

export function labelsOf(samples: readonly SplitSample[]): Float32Array {
  return Float32Array.from(samples, (sample) => sample.label);
}
