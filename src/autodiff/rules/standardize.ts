import { operators } from "../../ops/index.ts";
import type { StandardizeAttributes } from "../../ops/standardize.ts";
import { number } from "../broadcasting.ts";
import type { VjpRule } from "../rule.ts";

const { add, div, mul, reduceMean, sqrt, square, sub } = operators;

/** With s = sqrt(variance + epsilon), all means along the axes: dx = (dy - mean(dy) - y mean(dy y)) / s. */
export const standardize: VjpRule<StandardizeAttributes> = ({ g, inputs: [x], y, dy, attributes }) => {
  const along = { axes: attributes.axes, keepDims: true };
  const centred = g.apply(sub, [x!, g.apply(reduceMean, [x!], along)], {});
  const variance = g.apply(reduceMean, [g.apply(square, [centred], {})], along);
  const spread = g.apply(sqrt, [g.apply(add, [variance, number(g, attributes.epsilon)], {})], {});
  const tilt = g.apply(reduceMean, [g.apply(mul, [dy, y], {})], along);
  const level = g.apply(sub, [dy, g.apply(reduceMean, [dy], along)], {});
  return [g.apply(div, [g.apply(sub, [level, g.apply(mul, [y, tilt], {})], {}), spread], {})];
};
