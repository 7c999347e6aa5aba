import { lookUp } from "../base/identifiers.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { knownSize } from "./layout.ts";

/** An activation function as a piece of graph. */
export type Activation = (g: GraphBuilder, x: Value) => Value;

/** The deviation-keeping slopes of SELU (Klambauer et al. 2017). */
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/**
 * Keras 3's activations by their names, with the parameters that Keras gives them by default: leakyRelu's slope is 0.2,
 * elu's and celu's alpha 1, squareplus's b 4, the thresholds of softShrink and hardShrink 0.5. hardSigmoid is
 * clip(x / 6 + 1/2, 0, 1); gelu is the exact one, geluTanh Keras's `approximate=True`.
 */
export const activations = {
  linear: (_g, x) => x,
  relu: (g, x) => g.apply(operators.relu, [x], {}),
  relu6: (g, x) => g.apply(operators.clip, [x], { min: 0, max: 6 }),
  leakyRelu: (g, x) => g.apply(operators.leakyRelu, [x], { alpha: 0.2 }),
  elu: (g, x) => g.apply(operators.elu, [x], { alpha: 1 }),
  celu: (g, x) => g.apply(operators.elu, [x], { alpha: 1 }),
  selu: (g, x) => times(g, g.apply(operators.elu, [x], { alpha: seluAlpha }), seluScale),
  sigmoid: (g, x) => g.apply(operators.sigmoid, [x], {}),
  hardSigmoid: (g, x) => g.apply(operators.hardSigmoid, [x], { alpha: 1 / 6, beta: 0.5 }),
  sparseSigmoid: (g, x) => g.apply(operators.hardSigmoid, [x], { alpha: 0.5, beta: 0.5 }),
  logSigmoid: (g, x) => negated(g, g.apply(operators.softplus, [negated(g, x)], {})),
  softmax: (g, x) => g.apply(operators.softmax, [x], { axis: channelAxis(x) }),
  logSoftmax: (g, x) => g.apply(operators.logSoftmax, [x], { axis: channelAxis(x) }),
  tanh: (g, x) => g.apply(operators.tanh, [x], {}),
  hardTanh: (g, x) => g.apply(operators.clip, [x], { min: -1, max: 1 }),
  tanhShrink: (g, x) => minus(g, x, g.apply(operators.tanh, [x], {})),
  softShrink: (g, x) => minus(g, x, g.apply(operators.clip, [x], { min: -0.5, max: 0.5 })),
  hardShrink,
  softplus: (g, x) => g.apply(operators.softplus, [x], {}),
  softsign: (g, x) => g.apply(operators.softsign, [x], {}),
  squareplus,
  sparsePlus,
  exponential: (g, x) => g.apply(operators.exp, [x], {}),
  silu: (g, x) => g.apply(operators.mul, [x, g.apply(operators.sigmoid, [x], {})], {}),
  hardSilu: (g, x) => g.apply(operators.hardSwish, [x], {}),
  gelu: (g, x) => g.apply(operators.gelu, [x], {}),
  geluTanh,
  mish: (g, x) =>
    g.apply(operators.mul, [x, g.apply(operators.tanh, [g.apply(operators.softplus, [x], {})], {})], {}),
  glu,
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

/** x / 2 · (1 + tanh(sqrt(2 / pi) (x + 0.044715 x³))). */
function geluTanh(g: GraphBuilder, x: Value): Value {
  const cube = g.apply(operators.mul, [x, g.apply(operators.square, [x], {})], {});
  const inner = g.apply(operators.add, [x, times(g, cube, 0.044715)], {});
  const share = plus(g, g.apply(operators.tanh, [times(g, inner, Math.sqrt(2 / Math.PI))], {}), 1);
  return g.apply(operators.mul, [times(g, x, 0.5), share], {});
}

/** x where |x| > 1/2, else 0. */
function hardShrink(g: GraphBuilder, x: Value): Value {
  const far = g.apply(operators.greater, [g.apply(operators.abs, [x], {}), constant(g, 0.5)], {});
  return g.apply(operators.where, [far, x, constant(g, 0)], {});
}

/** (x + sqrt(x² + 4)) / 2. */
function squareplus(g: GraphBuilder, x: Value): Value {
  const root = g.apply(operators.sqrt, [plus(g, g.apply(operators.square, [x], {}), 4)], {});
  return times(g, g.apply(operators.add, [x, root], {}), 0.5);
}

/** 0 up to -1, (x + 1)² / 4 up to 1, then x. */
function sparsePlus(g: GraphBuilder, x: Value): Value {
  const bent = g.apply(operators.square, [g.apply(operators.clip, [plus(g, x, 1)], { min: 0, max: 2 })], {});
  const straight = g.apply(operators.relu, [plus(g, x, -1)], {});
  return g.apply(operators.add, [times(g, bent, 0.25), straight], {});
}

/** The first half of the channels times the sigmoid of the second: half as many channels. */
function glu(g: GraphBuilder, x: Value): Value {
  const axis = channelAxis(x);
  const channels = knownSize(x.type.shape, axis);
  const part = (start: number, end: number) => g.apply(operators.slice, [x], { axis, start, end });
  const gate = g.apply(operators.sigmoid, [part(channels / 2, channels)], {});
  return g.apply(operators.mul, [part(0, channels / 2), gate], {});
}

/** Keras's last axis: the channels, which stand second in a value of four axes. */
function channelAxis(x: Value): number {
  return x.type.shape.length === 4 ? 1 : x.type.shape.length - 1;
}

function constant(g: GraphBuilder, value: number): Value {
  return g.constant(scalar(value), "number");
}

function times(g: GraphBuilder, x: Value, factor: number): Value {
  return g.apply(operators.mul, [x, constant(g, factor)], {});
}

function plus(g: GraphBuilder, x: Value, term: number): Value {
  return g.apply(operators.add, [x, constant(g, term)], {});
}

function minus(g: GraphBuilder, a: Value, b: Value): Value {
  return g.apply(operators.sub, [a, b], {});
}

function negated(g: GraphBuilder, x: Value): Value {
  return g.apply(operators.neg, [x], {});
}
