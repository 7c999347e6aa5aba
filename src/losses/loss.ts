import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { elementsPerSample, normalizeAxis, type Shape, sameShape, showType } from "../tensor/shape.ts";
import type { Reduction } from "./reduction.ts";

/** What training makes small: a piece of graph that compares predictions with targets. */
export interface Loss {
  /** Our name: "binaryCrossentropy". */
  readonly name: string;
  /** Its options with defaults filled in: plain JSON, kept in bundles. */
  readonly config: LossConfig;
  readonly targets: TargetKind;
  /** How the losses of a batch become one number; see `reduceLosses`. */
  readonly reduction: Reduction;
  /** Positions of this class have no loss and are not counted; left out: all are. */
  readonly ignoreClass?: number;
  /**
   * The loss of each sample, [batch]: the mean over its positions (its pixels, where the outputs are pictures), their sum
   * where the reduction is "sum".
   *
   * @param prediction - [batch, outputs], or the engine's [batch, channels, height, width]: classes or channels are
   *   the user's last axis.
   * @param target - The same shape; or, where the loss says so, without the classes, or with 1 in their place.
   * @throws PermafrostError SHAPE_MISMATCH when the two do not fit.
   */
  perSample(g: GraphBuilder, prediction: Value, target: Value): Value;
}

/** What targets are: whole numbers of classes, probabilities from 0 to 1, or any numbers. */
export type TargetKind = "classNumbers" | "probabilities" | "numbers";

export type LossConfig = Readonly<Record<string, number | boolean | string>> & {
  readonly reduction: Reduction;
  readonly ignoreClass?: number;
};

/** The loss at each position, [batch, ...positions]. */
export type LossAt = (g: GraphBuilder, prediction: Value, target: Value) => Value;

/** A loss from what it is at each position. */
export function defineLoss(name: string, config: LossConfig, targets: TargetKind, at: LossAt): Loss {
  const { reduction, ignoreClass } = config;
  return {
    name,
    config,
    targets,
    reduction,
    ...(ignoreClass === undefined ? {} : { ignoreClass }),
    perSample: (g, prediction, target) => overPositions(g, reduction, at(g, prediction, target)),
  };
}

/** A loss that is the mean of a term of each output: squared error and its like. Targets have the shape of predictions. */
export function elementwiseLoss(
  name: string,
  config: LossConfig,
  term: LossAt,
  targets: TargetKind = "numbers",
): Loss {
  return defineLoss(name, config, targets, (g, prediction, target) => {
    const pair = alignRanks(g, prediction, target);
    return meanOverOutputs(g, term(g, pair.prediction, pair.target));
  });
}

function overPositions(g: GraphBuilder, reduction: Reduction, values: Value): Value {
  const { shape } = values.type;
  if (shape.length === 1) return values;
  const flat = g.apply(operators.reshape, [values], { shape: ["batch", elementsPerSample(shape)] });
  return g.apply(reduction === "sum" ? operators.reduceSum : operators.reduceMean, [flat], { axes: [1] });
}

/** The mean over the outputs (channels) at each position: [batch, ...positions]. */
export function meanOverOutputs(g: GraphBuilder, values: Value): Value {
  return g.apply(operators.reduceMean, [values], { axes: [engineAxis(values.type.shape, -1)] });
}

/** The engine's axis of a user's: pictures are [batch, height, width, channels] to users. */
export function engineAxis(shape: Shape, axis: number): number {
  const fromFront = normalizeAxis(axis, shape.length);
  return shape.length === 4 ? [0, 2, 3, 1][fromFront]! : fromFront;
}

/**
 * [batch] and [batch, 1] are taken for each other, never stretched to [batch, batch].
 *
 * @throws PermafrostError SHAPE_MISMATCH when the shapes still differ.
 */
export function alignRanks(
  g: GraphBuilder,
  prediction: Value,
  target: Value,
): { readonly prediction: Value; readonly target: Value } {
  const column = (value: Value): Value =>
    value.type.shape.length === 1 ? g.apply(operators.reshape, [value], { shape: ["batch", 1] }) : value;
  const aligned = { prediction: column(prediction), target: column(target) };
  if (sameShape(aligned.prediction.type.shape, aligned.target.type.shape)) return aligned;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `loss: predictions are ${showType(prediction.type)}, targets ${showType(target.type)}; they must have the same shape. For class numbers as targets use sparseCategoricalCrossentropy.`,
  );
}
