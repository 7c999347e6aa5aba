import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { broadcastShapes, showShape } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";
import { toChannelsFirst, toChannelsLast } from "./channels.ts";
import { DefinedLayer, defineLayer, type LayerDefinition } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { toUserShape } from "./layout.ts";

export type NoConfig = Readonly<Record<never, never>>;

/** A sum or product of several inputs, or of one input and a number. */
export interface NumberConfig {
  /** Left out: of several inputs. */
  readonly number?: number;
}

type Combine = (g: GraphBuilder, a: Value, b: Value) => Value;

/** A layer that joins its inputs element by element; axes of size 1 stretch. */
function merge(
  kind: string,
  combine: Combine,
  finish: (g: GraphBuilder, merged: Value, count: number) => Value = (_g, merged) => merged,
): LayerDefinition<NoConfig> {
  return defineLayer<NoConfig>({
    kind,
    call: ({ g, context, inputs }) => {
      checkInputs(context.path, inputs);
      const rank = Math.max(...inputs.map((input) => input.type.shape.length));
      const aligned = inputs.map((input) => withRank(g, input, rank));
      checkBroadcast(context.path, inputs, aligned);
      return finish(
        g,
        aligned.reduce((a, b) => combine(g, a, b)),
        inputs.length,
      );
    },
  });
}

/** As a merging layer, or between its only input and a number: Keras's operations `x + 3` and `x * 2`. */
function withNumber(merged: LayerDefinition<NoConfig>, combine: Combine): LayerDefinition<NumberConfig> {
  return defineLayer<NumberConfig>({
    ...merged,
    call: (call) => {
      const { g, context, inputs, config } = call;
      const [x, ...rest] = inputs;
      if (config.number === undefined) return merged.call(call);
      if (rest.length === 0) return combine(g, x!, g.constant(scalar(config.number), "number"));
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `${context.path}: expected one input beside the number ${config.number}, got ${inputs.length}.`,
      );
    },
  });
}

function numberConfig({ number }: NumberConfig): NumberConfig {
  return number === undefined ? {} : { number };
}

/** @throws PermafrostError SHAPE_MISMATCH unless there are two inputs or more. */
export function checkInputs(path: string, inputs: readonly Value[]): void {
  if (inputs.length >= 2) return;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${path}: expected two inputs or more, got ${inputs.length}. Call apply([a, b]).`,
  );
}

/** Keras's rule: a value of fewer axes gets axes of size 1 right behind the batch. */
function withRank(g: GraphBuilder, x: Value, rank: number): Value {
  const [batch, ...sizes] = x.type.shape;
  const missing = rank - sizes.length - 1;
  if (missing === 0) return x;
  const added = Array.from({ length: missing }, () => 1);
  const last = g.apply(operators.reshape, [toChannelsLast(g, x)], { shape: [batch!, ...added, ...sizes] });
  return toChannelsFirst(g, last);
}

/** @throws PermafrostError SHAPE_MISMATCH for shapes that do not stretch to one. */
function checkBroadcast(path: string, inputs: readonly Value[], aligned: readonly Value[]): void {
  try {
    aligned.map((value) => toUserShape(value.type.shape)).reduce(broadcastShapes);
  } catch (cause) {
    throw shapesError(path, inputs, "that agree, or are 1, in every axis", cause);
  }
}

/** Names all input shapes as the user knows them. @param expected - Goes on from "expected inputs of shapes". */
export function shapesError(
  path: string,
  inputs: readonly Value[],
  expected: string,
  cause?: unknown,
): PermafrostError {
  const shapes = inputs.map((input) => showShape(toUserShape(input.type.shape))).join(" and ");
  return new PermafrostError(
    "SHAPE_MISMATCH",
    `${path}: expected inputs of shapes ${expected}, got ${shapes}.`,
    {
      cause,
    },
  );
}

const sum: Combine = (g, a, b) => g.apply(operators.add, [a, b], {});
const product: Combine = (g, a, b) => g.apply(operators.mul, [a, b], {});
const addDefinition = withNumber(merge("Add", sum), sum);
const multiplyDefinition = withNumber(merge("Multiply", product), product);
const maximumDefinition = merge("Maximum", (g, a, b) => g.apply(operators.maximum, [a, b], {}));
const minimumDefinition = merge("Minimum", (g, a, b) => g.apply(operators.minimum, [a, b], {}));
const averageDefinition = merge("Average", sum, (g, total, count) =>
  g.apply(operators.div, [total, g.constant(scalar(count), "count")], {}),
);
const difference = merge("Subtract", (g, a, b) => g.apply(operators.sub, [a, b], {}));
const subtractDefinition = defineLayer<NoConfig>({
  ...difference,
  call: (call) => {
    const { context, inputs } = call;
    if (inputs.length > 2) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `${context.path}: expected exactly two inputs, got ${inputs.length}.`,
      );
    }
    return difference.call(call);
  },
});

/** The sum of its inputs, element by element (axes of size 1 stretch); with `number`, of its only input and this number. */
export function add(options: LayerOptions & NumberConfig = {}): DefinedLayer<NumberConfig> {
  return new DefinedLayer(addDefinition, numberConfig(options), options);
}

/** The first input minus the second, element by element (axes of size 1 stretch). */
export function subtract(options: LayerOptions = {}): DefinedLayer<NoConfig> {
  return new DefinedLayer(subtractDefinition, {}, options);
}

/** The product of its inputs, element by element (axes of size 1 stretch); with `number`, of its only input and this number. */
export function multiply(options: LayerOptions & NumberConfig = {}): DefinedLayer<NumberConfig> {
  return new DefinedLayer(multiplyDefinition, numberConfig(options), options);
}

/** The mean of its inputs, element by element (axes of size 1 stretch). */
export function average(options: LayerOptions = {}): DefinedLayer<NoConfig> {
  return new DefinedLayer(averageDefinition, {}, options);
}

/** The largest of its inputs, element by element (axes of size 1 stretch). Of equals the first takes the gradient. */
export function maximum(options: LayerOptions = {}): DefinedLayer<NoConfig> {
  return new DefinedLayer(maximumDefinition, {}, options);
}

/** The smallest of its inputs, element by element (axes of size 1 stretch). Of equals the first takes the gradient. */
export function minimum(options: LayerOptions = {}): DefinedLayer<NoConfig> {
  return new DefinedLayer(minimumDefinition, {}, options);
}
