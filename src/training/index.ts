/** Compile, fit, evaluate, predict. */
export { arrayRows, arraySource, type BatchSource, batchSource, type Samples } from "./batchSource.ts";
export type { Callback, TrainingControl } from "./callback.ts";
export { Compiled, type CompileOptions, compileModel } from "./compile.ts";
export { EarlyStopping, type EarlyStoppingOptions } from "./earlyStopping.ts";
export { type EvaluateOptions, evaluate } from "./evaluate.ts";
export { fit } from "./fit.ts";
export type { FitOptions, ValidationData } from "./fitOptions.ts";
export type { FitParams, History } from "./history.ts";
export type { Logs } from "./logs.ts";
export { type InferenceOptions, predict } from "./predict.ts";
export type { TextStream, Verbosity } from "./progressLine.ts";
export type { ClassWeight } from "./sampleWeights.ts";
export type { Targets } from "./targets.ts";
