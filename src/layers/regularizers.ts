import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";

/** Penalty l1 * sum |w| + l2 * sum w², added once to the loss of a step (Keras: no factor 1/2). */
export interface Regularizer {
  readonly l1: number;
  readonly l2: number;
}

export type RegularizerIdentifier = "l1" | "l2" | "l1l2" | "l1_l2" | Regularizer;

/** Keras's `L1(0.01)`. */
export const l1 = (factor = 0.01): Regularizer => ({ l1: factor, l2: 0 });

/** Keras's `L2(0.01)`. */
export const l2 = (factor = 0.01): Regularizer => ({ l1: 0, l2: factor });

/** Keras's `L1L2(0, 0)`. */
export const l1l2 = (factors: Partial<Regularizer> = {}): Regularizer => ({ l1: 0, l2: 0, ...factors });

/**
 * A regularizer by name (with Keras's default factor 0.01) or as a record.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a factor that is negative or not a number.
 */
export function resolveRegularizer(identifier: RegularizerIdentifier): Regularizer {
  if (identifier === "l1") return l1();
  if (identifier === "l2") return l2();
  if (identifier === "l1l2" || identifier === "l1_l2") return { l1: 0.01, l2: 0.01 };
  for (const factor of [identifier.l1, identifier.l2]) {
    if (!(factor >= 0 && Number.isFinite(factor))) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `regularizer: expected factors of 0 or more, got ${factor}.`,
      );
    }
  }
  return identifier;
}

/** The penalty of one weight as a scalar of the graph. */
export function regularizationPenalty(g: GraphBuilder, weight: Value, regularizer: Regularizer): Value {
  const terms: Value[] = [];
  if (regularizer.l1 !== 0) terms.push(scaledSum(g, g.apply(operators.abs, [weight], {}), regularizer.l1));
  if (regularizer.l2 !== 0) terms.push(scaledSum(g, g.apply(operators.square, [weight], {}), regularizer.l2));
  return terms.length === 0
    ? g.constant(scalar(0))
    : terms.reduce((sum, term) => g.apply(operators.add, [sum, term], {}));
}

function scaledSum(g: GraphBuilder, terms: Value, factor: number): Value {
  const axes = terms.type.shape.map((_, axis) => axis);
  const sum = g.apply(operators.reduceSum, [terms], { axes, keepDims: false });
  return g.apply(operators.mul, [sum, g.constant(scalar(factor), "factor")], {});
}
