// The module "training": what the optimizers and dropout need. Its interface is src/base/trainingKernels.ts.
export { sgd, sgdMomentum } from "./sgd";
export { rmsprop } from "./rmsprop";
export { adam } from "./adam";
export { decay, scale, clamp } from "./elementwise";
export { sumOfSquares } from "./sumOfSquares";
export { dropoutMask } from "./dropoutMask";
export { normalNoise } from "./normalNoise";
