/** Keras's optimizers: `optimizers.rmsprop({ learningRate: 2e-5 })`, and the schedules of their rate. */
import { optimizers } from "../optimizers/index.ts";

export const { sgd, rmsprop, adam, adamw, nadam, adagrad, adadelta, lion } = optimizers;
export type { OptimizerIdentifier } from "../optimizers/index.ts";
export type { Optimizer } from "../optimizers/optimizer.ts";
export { cosineDecay } from "../optimizers/schedules/cosineDecay.ts";
export { cosineDecayRestarts } from "../optimizers/schedules/cosineDecayRestarts.ts";
export { exponentialDecay } from "../optimizers/schedules/exponentialDecay.ts";
export { inverseTimeDecay } from "../optimizers/schedules/inverseTimeDecay.ts";
export { oneCycle } from "../optimizers/schedules/oneCycle.ts";
export { piecewiseConstantDecay } from "../optimizers/schedules/piecewiseConstantDecay.ts";
export { polynomialDecay } from "../optimizers/schedules/polynomialDecay.ts";
export type { LearningRate } from "../optimizers/schedules/schedule.ts";
