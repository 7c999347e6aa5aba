/** Keras's callbacks. Any object with hooks of these names is one. */
export { BackupAndRestore, type BackupAndRestoreOptions } from "../training/backupAndRestore.ts";
export type { Callback, TrainingControl } from "../training/callback.ts";
export type { CallbackState, Checkpoint } from "../training/checkpoint.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "../training/earlyStopping.ts";
export type { FitParams, History } from "../training/history.ts";
export type { Logs } from "../training/logs.ts";
export type { FeatureCounts } from "../training/storedFeatures.ts";
