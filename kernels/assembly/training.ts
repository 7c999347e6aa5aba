// The module "training": what the optimizers and dropout need. Its interface is src/base/trainingKernels.ts.
export { sgd, sgdMomentum } from "./sgd";
export { rmsprop } from "./rmsprop";
export { adam } from "./adam";
export { nadam } from "./nadam";
export { adagrad } from "./adagrad";
export { adadelta } from "./adadelta";
export { lion } from "./lion";
export { accumulate, takeMean } from "./accumulate";
export { follow, copy, swap } from "./average";
export { decay, scale, clamp } from "./elementwise";
export { sumOfSquares } from "./sumOfSquares";
export { dropoutMask } from "./dropoutMask";
export { normalNoise } from "./normalNoise";
