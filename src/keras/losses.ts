/** Keras's losses, for options that a name cannot carry: `losses.binaryCrossentropy({ fromLogits: true })`. */
export * from "../losses/index.ts";
export type { LossIdentifier } from "../losses/resolveLoss.ts";
