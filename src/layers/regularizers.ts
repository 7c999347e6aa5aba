import { PermafrostError } from "../base/errors.ts";
import { lookUp } from "../base/identifiers.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import {
  type OrthogonalRegularizer,
  orthogonalPenalty,
  type PlacedOrthogonal,
  placeOrthogonal,
} from "./orthogonalPenalty.ts";

/** Penalty l1 * sum |w| + l2 * sum w², added once to the loss of a step (Keras: no factor 1/2). */
export interface NormRegularizer {
  readonly l1: number;
  readonly l2: number;
}

/** What a weight adds to the loss. Plain data, kept in a layer's configuration. */
export type Regularizer = NormRegularizer | OrthogonalRegularizer;

/** A regularizer for a weight as the engine holds it. */
export type PlacedRegularizer = NormRegularizer | PlacedOrthogonal;

export type RegularizerIdentifier =
  | "l1"
  | "l2"
  | "l1l2"
  | "l1_l2"
  | "orthogonalRegularizer"
  | "orthogonal_regularizer"
  | Regularizer;

/** Keras's `L1(0.01)`. */
export const l1 = (factor = 0.01): NormRegularizer => ({ l1: factor, l2: 0 });

/** Keras's `L2(0.01)`. */
export const l2 = (factor = 0.01): NormRegularizer => ({ l1: 0, l2: factor });

/** Keras's `L1L2(0, 0)`. */
export const l1l2 = (factors: Partial<NormRegularizer> = {}): NormRegularizer => ({
  l1: 0,
  l2: 0,
  ...factors,
});

/** Keras's `OrthogonalRegularizer(0.01, "rows")`: for kernels of dense layers. */
export const orthogonalRegularizer = (
  options: { readonly factor?: number; readonly mode?: "rows" | "columns" } = {},
): OrthogonalRegularizer => ({ orthogonal: options.factor ?? 0.01, mode: options.mode ?? "rows" });

const named: Readonly<Record<string, Regularizer>> = {
  l1: l1(),
  l2: l2(),
  l1l2: { l1: 0.01, l2: 0.01 },
  orthogonalRegularizer: orthogonalRegularizer(),
};

/**
 * A regularizer by name (with Keras's default factor 0.01) or as a record.
 *
 * @throws PermafrostError UNKNOWN_NAME; INVALID_ARGUMENT for a factor that is negative or not a number.
 */
export function resolveRegularizer(identifier: RegularizerIdentifier): Regularizer {
  if (typeof identifier === "string") return lookUp("regularizer", identifier, named);
  const isOrthogonal = "orthogonal" in identifier;
  for (const factor of isOrthogonal ? [identifier.orthogonal] : [identifier.l1, identifier.l2]) {
    if (factor >= 0 && Number.isFinite(factor)) continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `regularizer: expected factors of 0 or more, got ${factor}.`,
    );
  }
  if (isOrthogonal && identifier.mode !== "rows" && identifier.mode !== "columns") {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `orthogonal regularizer: mode: expected "rows" or "columns", got ${JSON.stringify(identifier.mode)}.`,
    );
  }
  return identifier;
}

/**
 * A regularizer for a weight as the engine holds it.
 *
 * @param shape - Keras's.
 * @param permutation - Axis i of the engine is Keras's axis `permutation[i]`. Left out: the same order.
 * @throws PermafrostError SHAPE_MISMATCH when it does not fit the weight.
 */
export function placeRegularizer(
  regularizer: Regularizer,
  name: string,
  shape: readonly number[],
  permutation: readonly number[] = shape.map((_, axis) => axis),
): PlacedRegularizer {
  return "orthogonal" in regularizer ? placeOrthogonal(regularizer, name, shape, permutation) : regularizer;
}

/** The penalty of one weight as a scalar of the graph. */
export function regularizationPenalty(g: GraphBuilder, weight: Value, regularizer: PlacedRegularizer): Value {
  if ("orthogonal" in regularizer) return orthogonalPenalty(g, weight, regularizer);
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
