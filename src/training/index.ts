/** Compile, fit, evaluate, predict. */

export { BackupAndRestore } from "./callbacks/backupAndRestore.ts";
export type { Callback } from "./callbacks/callback.ts";
export { EarlyStopping } from "./callbacks/earlyStopping.ts";
export { compileModel } from "./compiled/compile.ts";
export { evaluate } from "./runs/evaluate.ts";
export { fit } from "./runs/fit.ts";
export { predict } from "./runs/predict.ts";
export { arrayRows } from "./samples/batchSource.ts";
