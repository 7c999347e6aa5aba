/** Keras's regularizers: `layers.dense({ units: 1, kernelRegularizer: regularizers.l2(0.01) })`. */
export { l1, l1l2, l2, orthogonalRegularizer, type Regularizer } from "../layers/regularizers.ts";
