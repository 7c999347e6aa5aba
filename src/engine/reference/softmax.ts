import type { SoftmaxAttributes } from "../../ops/softmax.ts";
import type { Evaluate } from "./array.ts";
import { exp, log, sub } from "./elementwise.ts";
import { reduceMax, reduceSum } from "./reduction.ts";

export const logSoftmax: Evaluate<SoftmaxAttributes> = ([x], { axis = -1 }) => {
  const along = { axes: [axis], keepDims: true };
  const shifted = sub([x!, reduceMax([x!], along)], {});
  return sub([shifted, log([reduceSum([exp([shifted], {})], along)], {})], {});
};

export const softmax: Evaluate<SoftmaxAttributes> = (inputs, attributes) =>
  exp([logSoftmax(inputs, attributes)], {});
