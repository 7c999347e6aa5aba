import { operators } from "../../ops/index.ts";
import type { SoftmaxAttributes } from "../../ops/softmax.ts";
import type { VjpRule } from "../rule.ts";

// dx = y (dy - sum(dy y))
export const softmax: VjpRule<SoftmaxAttributes> = ({ g, y, dy, attributes: { axis = -1 } }) => {
  const weighted = g.apply(operators.mul, [dy, y], {});
  const sum = g.apply(operators.reduceSum, [weighted], { axes: [axis], keepDims: true });
  return [g.apply(operators.mul, [y, g.apply(operators.sub, [dy, sum], {})], {})];
};

// dx = dy - softmax(x) sum(dy), and softmax(x) = e^y
export const logSoftmax: VjpRule<SoftmaxAttributes> = ({ g, y, dy, attributes: { axis = -1 } }) => {
  const sum = g.apply(operators.reduceSum, [dy], { axes: [axis], keepDims: true });
  const share = g.apply(operators.mul, [g.apply(operators.exp, [y], {}), sum], {});
  return [g.apply(operators.sub, [dy, share], {})];
};
