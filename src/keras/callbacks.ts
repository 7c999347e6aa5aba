/** Keras's callbacks. Any object with hooks of these names is one. */

export type { Callback, TrainingControl } from "../training/callback.ts";
export { BackupAndRestore, type BackupAndRestoreOptions } from "../training/callbacks/backupAndRestore.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "../training/callbacks/earlyStopping.ts";
export type { CallbackState, Checkpoint } from "../training/checkpoint.ts";
export type { FitParams, History } from "../training/history.ts";
export type { Logs } from "../training/logs.ts";
export type { FeatureCounts } from "../training/storedFeatures.ts";
