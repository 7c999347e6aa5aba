/** Compile, fit, evaluate, predict. */
export { BackupAndRestore } from "./backupAndRestore.ts";
export { arrayRows } from "./batchSource.ts";
export type { Callback } from "./callback.ts";
export { compileModel } from "./compile.ts";
export { EarlyStopping } from "./earlyStopping.ts";
export { evaluate } from "./evaluate.ts";
export { fit } from "./fit.ts";
export { predict } from "./predict.ts";
