import { lookUp } from "../base/identifiers.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";

/** An activation function as a piece of graph. */
export type Activation = (g: GraphBuilder, x: Value) => Value;

/** Keras 3's activations by their names. hardSigmoid is clip(x / 6 + 1/2, 0, 1); relu6 is clip(x, 0, 6). */
export const activations = {
  linear: (_g, x) => x,
  relu: (g, x) => g.apply(operators.relu, [x], {}),
  relu6: (g, x) => g.apply(operators.clip, [x], { min: 0, max: 6 }),
  sigmoid: (g, x) => g.apply(operators.sigmoid, [x], {}),
  softmax: (g, x) => g.apply(operators.softmax, [x], { axis: channelAxis(x) }),
  logSoftmax: (g, x) => g.apply(operators.logSoftmax, [x], { axis: channelAxis(x) }),
  tanh: (g, x) => g.apply(operators.tanh, [x], {}),
  softplus: (g, x) => g.apply(operators.softplus, [x], {}),
  exponential: (g, x) => g.apply(operators.exp, [x], {}),
  hardSigmoid: (g, x) => g.apply(operators.hardSigmoid, [x], { alpha: 1 / 6, beta: 0.5 }),
  hardSilu: (g, x) => g.apply(operators.hardSwish, [x], {}),
  silu: (g, x) => g.apply(operators.mul, [x, g.apply(operators.sigmoid, [x], {})], {}),
} satisfies Readonly<Record<string, Activation>>;

export type ActivationName = keyof typeof activations;

/** The other names Keras accepts. */
const aliases: Readonly<Record<string, ActivationName>> = { hardSwish: "hardSilu", swish: "silu" };

const names: Readonly<Record<string, ActivationName>> = {
  ...(Object.fromEntries(Object.keys(activations).map((name) => [name, name])) as Record<
    string,
    ActivationName
  >),
  ...aliases,
};

/**
 * The activation's name in our spelling: "hard_swish", "hardSwish" and "swish" are accepted too; null is linear.
 *
 * @throws PermafrostError UNKNOWN_NAME
 */
export function resolveActivation(identifier: string | null | undefined): ActivationName {
  return identifier === null || identifier === undefined ? "linear" : lookUp("activation", identifier, names);
}

/** Keras's last axis: the channels, which stand second in a value of four axes. */
function channelAxis(x: Value): number {
  return x.type.shape.length === 4 ? 1 : x.type.shape.length - 1;
}
