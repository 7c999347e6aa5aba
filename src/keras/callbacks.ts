/** Keras's callbacks. Any object with hooks of these names is one. */
export type { Callback, TrainingControl } from "../training/callback.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "../training/earlyStopping.ts";
export type { FitParams, History } from "../training/history.ts";
export type { Logs } from "../training/logs.ts";
