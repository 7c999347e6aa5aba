/** Keras's optimizers: `optimizers.rmsprop({ learningRate: 2e-5 })`, and the schedules of their rate. */
import { optimizers } from "../optimizers/index.ts";

export const { sgd, rmsprop, adam, adamw } = optimizers;
export type { OptimizerIdentifier } from "../optimizers/index.ts";
export type { Optimizer } from "../optimizers/optimizer.ts";
export { cosineDecay } from "../optimizers/schedules/cosineDecay.ts";
export type { LearningRate } from "../optimizers/schedules/schedule.ts";
