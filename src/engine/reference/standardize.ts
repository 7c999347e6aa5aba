import type { StandardizeAttributes } from "../../ops/standardize.ts";
import type { Evaluate } from "./array.ts";
import { div, sqrt, square, sub } from "./elementwise.ts";
import { reduceMean } from "./reduction.ts";

export const standardize: Evaluate<StandardizeAttributes> = ([x], { axes, epsilon }) => {
  const along = { axes, keepDims: true };
  const centred = sub([x!, reduceMean([x!], along)], {});
  const variance = reduceMean([square([centred], {})], along);
  const shifted = { ...variance, data: variance.data.map((value) => value + epsilon) };
  return div([centred, sqrt([shifted], {})], {});
};
