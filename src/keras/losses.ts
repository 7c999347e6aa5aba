/** Keras's losses, for options that a name cannot carry: `losses.binaryCrossentropy({ fromLogits: true })`. */
export { binaryCrossentropy } from "../losses/binaryCrossentropy.ts";
export { categoricalCrossentropy } from "../losses/categoricalCrossentropy.ts";
export type { Loss, LossIdentifier } from "../losses/index.ts";
export { meanSquaredError } from "../losses/meanSquaredError.ts";
export type { CrossentropyOptions } from "../losses/options.ts";
export { sparseCategoricalCrossentropy } from "../losses/sparseCategoricalCrossentropy.ts";
