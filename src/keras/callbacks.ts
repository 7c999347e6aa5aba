/** Keras's callbacks. Any object with hooks of these names is one. */

export type { Announcement } from "../training/callbacks/announce.ts";
export { BackupAndRestore, type BackupAndRestoreOptions } from "../training/callbacks/backupAndRestore.ts";
export type { Callback, EpochLogs, RunControl, TrainingControl } from "../training/callbacks/callback.ts";
export type { CallbackState, Checkpoint } from "../training/callbacks/checkpoint.ts";
export { CSVLogger, type CSVLoggerOptions } from "../training/callbacks/csvLogger.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "../training/callbacks/earlyStopping.ts";
export { LambdaCallback } from "../training/callbacks/lambdaCallback.ts";
export { type EpochSchedule, LearningRateScheduler } from "../training/callbacks/learningRateScheduler.ts";
export type { ModelCheckpointOptions } from "../training/callbacks/modelCheckpoint.ts";
export type { MonitorMode } from "../training/callbacks/monitor.ts";
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "../training/callbacks/reduceLrOnPlateau.ts";
export { SwapEMAWeights, type SwapEMAWeightsOptions } from "../training/callbacks/swapEmaWeights.ts";
export { TensorBoard, type TensorBoardOptions } from "../training/callbacks/tensorBoard.ts";
export { TerminateOnNaN, type TerminateOnNaNOptions } from "../training/callbacks/terminateOnNaN.ts";
export type { FeatureCounts } from "../training/features/storedFeatures.ts";
export type { FitParams, History } from "../training/measuring/history.ts";
export type { Logs } from "../training/measuring/logs.ts";
export { ModelCheckpoint } from "./modelCheckpoint.ts";
