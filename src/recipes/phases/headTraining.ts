import type { BaseNetwork } from "../../applications/index.ts";
import type { PermafrostError } from "../../base/errors.ts";
import type { Sample, Split } from "../../data/dataset.ts";
import type { SplitSample } from "../../data/split.ts";
import type { Engine } from "../../engine/engine.ts";
import type { FeatureStore } from "../../features/store.ts";
import type { ViewDraws } from "../../features/viewDraws.ts";
import type { Parameter } from "../../layers/parameter.ts";
import type { Model } from "../../models/functional.ts";
import type { Callback } from "../../training/callbacks/callback.ts";
import type { History } from "../../training/measuring/history.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";
import type { PreparedData } from "../data/prepareData.ts";
import type { CutFeatures } from "../features/cutFeatures.ts";
import type { PhaseClock } from "../request/phaseClock.ts";
import type { PhaseRecord } from "../request/phaseRecord.ts";
import type { TrainingRequest } from "../request/training.ts";
import type { TrainingPhase } from "../request/trainingPhases.ts";
import type { UnfinishedRun } from "./unfinishedRun.ts";

/** What a phase of a training works with: that of the head, or of the head and a part of the base. */
export interface HeadTraining {
  readonly request: TrainingRequest;
  readonly phase: TrainingPhase;
  readonly engine: Engine;
  readonly store: FeatureStore;
  readonly base: BaseNetwork;
  readonly model: Model;
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
  readonly model: Model;
  /** The weights that were trained, in the model. */
  readonly changed: readonly Parameter[];
  /** What the layers behind the cut read of all images. */
  readonly features: CutFeatures;
  /** Whether there is no cut: the whole network reads pictures. */
  readonly readsPictures: boolean;
  /** Of the phase's finished epochs. */
  readonly history: Pick<History, "history" | "epoch">;
  /** Why training stopped early, with the weights of the last good epoch kept. */
  readonly failure?: PermafrostError;
  readonly record: PhaseRecord;
}

/** What the layers behind the cut are fitted on. */
export interface FitData extends PreparedData {
  /** Of the images as they are. */
  readonly features: CutFeatures;
  /** Where the cut is and why. */
  readonly cut: string;
  /** The draws under which training images are seen; undefined: as they are. */
  readonly draws: ViewDraws | undefined;
  /** Features of the training images under their draws. */
  readonly drawn: BatchSource | undefined;
}

/** Samples of one split, in the data set's order. */
export function samplesOf(data: PreparedData, split: Split): readonly SplitSample[] {
  return data.dataset.samples.filter((sample) => sample.split === split);
}

export function labelsOf(samples: readonly Sample[]): Float32Array {
  return Float32Array.from(samples, (sample) => sample.label);
}
