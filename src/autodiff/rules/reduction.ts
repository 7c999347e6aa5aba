import { reducedAxes } from "../../ops/axes.ts";
import { operators } from "../../ops/index.ts";
import type { ReductionAttributes } from "../../ops/reduction.ts";
import { number, restoreAxes, stretchLike } from "../broadcasting.ts";
import type { VjpRule } from "../rule.ts";

/** Every element of a sum has the sum's gradient. */
export const reduceSum: VjpRule<ReductionAttributes> = ({ g, inputs: [x], dy, attributes }) => {
  const axes = reducedAxes(x!.type.shape, attributes.axes);
  return [stretchLike(g, restoreAxes(g, dy, x!.type.shape, axes), x!)];
};

/** As a sum, over the number of elements; the batch size is counted when the graph runs. */
export const reduceMean: VjpRule<ReductionAttributes> = (context) => {
  const { g, inputs, dy, attributes } = context;
  const x = inputs[0]!;
  let share = dy;
  let count = 1;
  for (const axis of reducedAxes(x.type.shape, attributes.axes)) {
    const size = x.type.shape[axis];
    if (typeof size === "number") count *= size;
    else share = g.apply(operators.div, [share, g.apply(operators.axisSize, [x], { axis })], {});
  }
  if (count !== 1) share = g.apply(operators.mul, [share, number(g, 1 / count)], {});
  return reduceSum({ ...context, dy: share });
};

/** The largest elements share the gradient equally. */
export const reduceMax: VjpRule<ReductionAttributes> = ({ g, inputs: [x], y, dy, attributes }) => {
  const shape = x!.type.shape;
  const axes = reducedAxes(shape, attributes.axes);
  const isLargest = g.apply(operators.equal, [x!, restoreAxes(g, y, shape, axes)], {});
  const count = g.apply(operators.reduceSum, [isLargest], { axes, keepDims: true });
  const share = g.apply(operators.div, [restoreAxes(g, dy, shape, axes), count], {});
  return [g.apply(operators.mul, [isLargest, share], {})];
};
