import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";

/** Below it float32 has no normal number: a power of it is 0. */
const smallest = 1e-37;

/**
 * x to the power of a number, for x of 0 or more: a product where the exponent is small and whole, so that the slope at
 * 0 is right; else e^(exponent · ln x).
 */
export function power(g: GraphBuilder, x: Value, exponent: number): Value {
  if (exponent === 0) return g.apply(operators.exp, [g.apply(operators.mul, [x, zero(g)], {})], {});
  if (Number.isInteger(exponent) && exponent > 0 && exponent <= 4) {
    let product = x;
    for (let times = 1; times < exponent; times++) product = g.apply(operators.mul, [product, x], {});
    return product;
  }
  const log = g.apply(operators.log, [g.apply(operators.clip, [x], { min: smallest })], {});
  return g.apply(
    operators.exp,
    [g.apply(operators.mul, [log, g.constant(scalar(exponent), "exponent")], {})],
    {},
  );
}

function zero(g: GraphBuilder): Value {
  return g.constant(scalar(0), "zero");
}
