/** Keras's losses, for options that a name cannot carry: `losses.binaryCrossentropy({ fromLogits: true })`. */
export {
  binaryCrossentropy,
  type CrossentropyOptions,
  categoricalCrossentropy,
  type Loss,
  type LossIdentifier,
  meanSquaredError,
  type SparseCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from "../losses/index.ts";
