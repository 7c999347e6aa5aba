import type { Model } from "../models/functional.ts";
import type { FitParams } from "./history.ts";
import type { Logs } from "./logs.ts";

type Done = void | Promise<void>;

/** What a callback may see and change of the run it is called from. */
export interface TrainingControl {
  readonly model: Model;
  readonly params: FitParams;
  /** Set it to end training after the batch or epoch under way. */
  stopTraining: boolean;
  /** The rate of the next step. Setting a number replaces the schedule from then on. */
  learningRate: number;
  /** Copies of the trained weights (engine layout) as they are now. */
  getWeights(): Promise<readonly Float32Array[]>;
  /** Replaces the trained weights by earlier copies. */
  setWeights(weights: readonly Float32Array[]): Promise<void>;
}

/** Hooks into `fit`, by Keras's names. Every one may be left out; `fit` waits for those that return a promise. */
export interface Callback {
  onTrainBegin?(control: TrainingControl): Done;
  onTrainEnd?(logs: Logs, control: TrainingControl): Done;
  onEpochBegin?(epoch: number, control: TrainingControl): Done;
  onEpochEnd?(epoch: number, logs: Logs, control: TrainingControl): Done;
  onTrainBatchBegin?(batch: number, control: TrainingControl): Done;
  /** @param logs - Running means of the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs, control: TrainingControl): Done;
  onTestBegin?(control: TrainingControl): Done;
  onTestEnd?(logs: Logs, control: TrainingControl): Done;
}
