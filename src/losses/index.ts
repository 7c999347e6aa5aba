// Every loss: a new one is a file and a line here.
export { binaryCrossentropy } from "./binaryCrossentropy.ts";
export { type BinaryFocalOptions, binaryFocalCrossentropy } from "./binaryFocalCrossentropy.ts";
export { categoricalCrossentropy } from "./categoricalCrossentropy.ts";
export { categoricalFocalCrossentropy } from "./categoricalFocalCrossentropy.ts";
export { categoricalHinge } from "./categoricalHinge.ts";
export { cosineSimilarity } from "./cosineSimilarity.ts";
export { hinge } from "./hinge.ts";
export { type HuberOptions, huber } from "./huber.ts";
export { klDivergence } from "./klDivergence.ts";
export { logCosh } from "./logCosh.ts";
export type { Loss } from "./loss.ts";
export { meanAbsoluteError } from "./meanAbsoluteError.ts";
export { meanAbsolutePercentageError } from "./meanAbsolutePercentageError.ts";
export { meanSquaredError } from "./meanSquaredError.ts";
export { meanSquaredLogarithmicError } from "./meanSquaredLogarithmicError.ts";
export type { ClassAxisOptions, CrossentropyOptions, FocalOptions } from "./options.ts";
export { poisson } from "./poisson.ts";
export type { LossOptions, Reduction } from "./reduction.ts";
export {
  type SparseCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from "./sparseCategoricalCrossentropy.ts";
export { squaredHinge } from "./squaredHinge.ts";
