import type { BaseNetwork } from "../../applications/index.ts";
import type { FeatureGroup } from "../../features/key.ts";
import type { FeatureStore } from "../../features/store.ts";
import type { ViewDraws } from "../../features/viewDraws.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Model } from "../../models/functional.ts";
import type { SplitClassifier } from "../classifier/classifierGraphs.ts";
import type { PreparedData } from "../data/prepareData.ts";
import type { TrainingRequest } from "../request/training.ts";
import type { TrainingPhase } from "../request/trainingPhases.ts";
import type { BaseRate } from "./baseRate.ts";

/** What plans of phases have in common. */
export interface PhasePlanning {
  readonly request: TrainingRequest;
  readonly base: BaseNetwork;
  readonly model: Model;
  readonly data: PreparedData;
  readonly draws: ViewDraws | undefined;
  readonly store: FeatureStore;
  readonly numericsClass: string;
  /** Of joint training. */
  readonly joint?: PlannedJoint;
  /** The model cut with the whole base frozen, the group of its features, and the base's rate: a part of it is no slower. */
  readonly frozenBase: {
    readonly split: SplitClassifier;
    readonly group: FeatureGroup;
    readonly rate: BaseRate;
  };
}

/** What joint training trains, and how many images without labels it sees. */
export interface PlannedJoint {
  readonly model: Model;
  readonly unlabelled: number;
}

/** A phase whose steps are wanted. */
export type PlannedSteps = Pick<PhasePlanning, "request" | "model" | "data" | "joint"> & {
  readonly phase: TrainingPhase;
  /** Left out: nothing is frozen. */
  readonly prefix: Graph | undefined;
};
