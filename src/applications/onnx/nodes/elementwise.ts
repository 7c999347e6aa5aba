import type { Value } from "../../../graph/graph.ts";
import type { Operator } from "../../../graph/operator.ts";
import { type ActivationName, activations } from "../../../layers/activations.ts";
import { operators } from "../../../ops/index.ts";
import type { NoAttributes } from "../../../ops/signature.ts";
import type { NodeBuild, NodeRule } from "./nodeRule.ts";

const unary = (op: Operator<string, NoAttributes>): NodeRule => ({
  build: (node) => node.g.apply(op, [node.value(0)], {}),
});

const activation = (name: ActivationName): NodeRule => ({
  build: (node) => activations[name](node.g, node.value(0)),
});

/** Two inputs, of which one may be a weight (a bias, a scale). */
const binary = (op: Operator<string, NoAttributes>): NodeRule => ({
  weights: "all",
  build: (node) => node.g.apply(op, [node.value(0), node.value(1)], {}),
});

/** Any number of inputs. */
const folded = (op: Operator<string, NoAttributes>): NodeRule => ({
  build(node) {
    let result = node.value(0);
    for (let place = 1; place < node.count; place++)
      result = node.g.apply(op, [result, node.value(place)], {});
    return result;
  },
});

const same: NodeRule = { build: (node) => node.value(0) };

export const Abs = unary(operators.abs);
export const Add = binary(operators.add);
export const Div = binary(operators.div);
export const Dropout = same;
export const Erf = unary(operators.erf);
export const Exp = unary(operators.exp);
export const HardSwish = unary(operators.hardSwish);
export const Identity = same;
export const Log = unary(operators.log);
export const Max = folded(operators.maximum);
export const Min = folded(operators.minimum);
export const Mish = activation("mish");
export const Mul = binary(operators.mul);
export const Neg = unary(operators.neg);
export const Reciprocal = unary(operators.reciprocal);
export const Relu = unary(operators.relu);
export const Selu = activation("selu");
export const Sigmoid = unary(operators.sigmoid);
export const Softplus = unary(operators.softplus);
export const Softsign = unary(operators.softsign);
export const Sqrt = unary(operators.sqrt);
export const Sub = binary(operators.sub);
export const Tanh = unary(operators.tanh);

/** Only to float32, which all values are here. */
export const Cast: NodeRule = {
  build(node) {
    if (![1, 10, 11].includes(node.int("to", 0)))
      throw node.unsupported("it makes other numbers than floats");
    return node.value(0);
  },
};

export const Clip: NodeRule = {
  build(node) {
    const bound = (place: number, name: string) => {
      const attribute = node.node.attributes.get(name);
      return node.numbers(place)?.[0] ?? (typeof attribute === "number" ? attribute : undefined);
    };
    const [min, max] = [bound(1, "min"), bound(2, "max")];
    const attributes = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
    return node.g.apply(operators.clip, [node.value(0)], attributes);
  },
};

export const Elu: NodeRule = {
  build: (node) => node.g.apply(operators.elu, [node.value(0)], { alpha: node.float("alpha", 1) }),
};

export const Gelu: NodeRule = {
  build: (node) =>
    activations[node.text("approximate", "none") === "tanh" ? "geluTanh" : "gelu"](node.g, node.value(0)),
};

export const HardSigmoid: NodeRule = {
  build(node) {
    const attributes = { alpha: node.float("alpha", 0.2), beta: node.float("beta", 0.5) };
    return node.g.apply(operators.hardSigmoid, [node.value(0)], attributes);
  },
};

export const LeakyRelu: NodeRule = {
  build: (node) => node.g.apply(operators.leakyRelu, [node.value(0)], { alpha: node.float("alpha", 0.01) }),
};

/** relu(x) - slope · relu(-x). */
export const PRelu: NodeRule = {
  weights: [1],
  build(node) {
    const { g } = node;
    const x = node.value(0);
    const below = g.apply(operators.relu, [g.apply(operators.neg, [x], {})], {});
    const scaled = g.apply(operators.mul, [below, node.value(1)], {});
    return g.apply(operators.sub, [g.apply(operators.relu, [x], {}), scaled], {});
  },
};

export const Pow: NodeRule = {
  build(node) {
    const exponent = node.numbers(1);
    if (exponent?.length !== 1) throw node.unsupported("its exponent is not one fixed number");
    return power(node, node.value(0), exponent[0]!);
  },
};

function power(node: NodeBuild, x: Value, exponent: number): Value {
  const { g } = node;
  if (exponent === 1) return x;
  if (exponent === 2) return g.apply(operators.square, [x], {});
  if (exponent === 0.5) return g.apply(operators.sqrt, [x], {});
  if (exponent === 3) return g.apply(operators.mul, [x, g.apply(operators.square, [x], {})], {});
  if (exponent === -1) return g.apply(operators.reciprocal, [x], {});
  throw node.unsupported(`the power ${exponent}`);
}
