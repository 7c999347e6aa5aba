/** Compile, fit, evaluate, predict. */

export { arrayRows } from "./batchSource.ts";
export type { Callback } from "./callback.ts";
export { BackupAndRestore } from "./callbacks/backupAndRestore.ts";
export { EarlyStopping } from "./callbacks/earlyStopping.ts";
export { compileModel } from "./compile.ts";
export { evaluate } from "./evaluate.ts";
export { fit } from "./fit.ts";
export { predict } from "./predict.ts";
