/** Keras's constraints: `layers.dense({ units: 1, kernelConstraint: constraints.maxNorm({ maxValue: 3 }) })`. */
export { type Constraint, maxNorm, minMaxNorm, nonNeg, unitNorm } from "../layers/constraints.ts";
