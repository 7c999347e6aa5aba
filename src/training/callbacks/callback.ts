import type { Model } from "../../models/functional.ts";
import type { FitParams, History } from "../measuring/history.ts";
import type { Logs } from "../measuring/logs.ts";
import type { CallbackState, Checkpoint } from "./checkpoint.ts";

type Done = void | Promise<void>;

/** The measurements of an epoch; what a callback adds to them is shown and kept in the history. */
export type EpochLogs = Record<string, number>;

/** What a callback sees of any run: training, testing or predicting. */
export interface RunControl {
  readonly model: Model;
  readonly params: FitParams;
  /** Updates of the weights so far, over all calls of `fit` since `compile`. */
  readonly iteration: number;
}

/** What a callback may see and change of the training it is called from. */
export interface TrainingControl extends RunControl {
  /**
   * Steps of the epoch under way that are done. In `onEpochBegin` it is above 0 where an epoch is taken up in its middle,
   * so what had its effect at the epoch's true beginning must not have it again.
   */
  readonly nextStep: number;
  /** The finished epochs so far, those before a restored checkpoint included. */
  readonly history: History;
  /** The loss of the step that ended last, before its update, penalties included; NaN before the first. */
  readonly stepLoss: number;
  /** Set it to end training after the batch or epoch under way. */
  stopTraining: boolean;
  /** The rate of the next step. Setting a number replaces the schedule from then on. */
  learningRate: number;
  /** Paths of the trained weights, in the order of `getWeights`. */
  readonly paths: readonly string[];
  /** Copies of the trained weights (engine layout) as they are now. */
  getWeights(): Promise<readonly Float32Array[]>;
  /** Brings the model's own weights up to date, as they are at the end of each epoch. */
  updateModel(): Promise<void>;
  /** Replaces the trained weights by earlier copies. */
  setWeights(weights: readonly Float32Array[]): Promise<void>;
  /**
   * Puts the optimizer's average of the weights in their place in training, or exchanges both; the model's own weights stay.
   *
   * @throws PermafrostError INVALID_ARGUMENT when the optimizer keeps none (`useEma`).
   */
  useAverage(how: "take" | "exchange"): Promise<void>;
  /** Everything that decides how training goes on from here, copied. Ask for it in `onStepSettled` or `onEpochSettled`. */
  checkpoint(): Promise<Checkpoint>;
  /**
   * Puts a run back to where a checkpoint was taken. Call it from `onTrainRestore`.
   *
   * @throws PermafrostError WEIGHTS_INVALID when it is of a model with other trained weights.
   */
  restore(checkpoint: Checkpoint): Promise<void>;
}

/** Hooks into `fit`, by Keras's names. Every one may be left out; `fit` waits for those that return a promise. */
export interface Callback {
  onTrainBegin?(control: TrainingControl): Done;
  /** After every callback's `onTrainBegin`: the place to call `control.restore`. */
  onTrainRestore?(control: TrainingControl): Done;
  onTrainEnd?(logs: Logs, control: TrainingControl): Done;
  onEpochBegin?(epoch: number, control: TrainingControl): Done;
  onEpochEnd?(epoch: number, logs: EpochLogs, control: TrainingControl): Done;
  /** After every callback's `onEpochEnd`, when nothing of the epoch changes any more. */
  onEpochSettled?(epoch: number, control: TrainingControl): Done;
  onTrainBatchBegin?(batch: number, control: TrainingControl): Done;
  /** @param logs - Running means of the epoch so far. */
  onTrainBatchEnd?(batch: number, logs: Logs, control: TrainingControl): Done;
  /** Asked after each step of training: true makes it wait for the steps under way and call `onStepSettled`. */
  wantsStepSettled?(control: TrainingControl): boolean;
  /**
   * In the middle of an epoch, with no step under way: what was asked for comes here.
   *
   * @param logs - Running means of the epoch so far.
   */
  onStepSettled?(logs: Logs, control: TrainingControl): Done;
  /** The loss of a step is no finite number, so it was not made. Training ends with LOSS_NAN unless `stopTraining` is set here. */
  onInvalidLoss?(batch: number, control: TrainingControl): Done;
  /** Before measuring: `evaluate`, or the validation of an epoch. */
  onTestBegin?(control: RunControl): Done;
  onTestBatchBegin?(batch: number, control: RunControl): Done;
  /** @param logs - Running means of the batches so far. */
  onTestBatchEnd?(batch: number, logs: Logs, control: RunControl): Done;
  onTestEnd?(logs: Logs, control: RunControl): Done;
  onPredictBegin?(control: RunControl): Done;
  onPredictBatchBegin?(batch: number, control: RunControl): Done;
  onPredictBatchEnd?(batch: number, control: RunControl): Done;
  onPredictEnd?(control: RunControl): Done;
  /** For callbacks that remember something: what a checkpoint must hold of it, ... */
  getState?(): CallbackState;
  /** ... and how it is put back. */
  setState?(state: CallbackState): void;
}
