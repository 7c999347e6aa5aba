import type {
  CastAttributes,
  ClipAttributes,
  EluAttributes,
  HardSigmoidAttributes,
  LeakyReluAttributes,
} from "../../ops/elementwise.ts";
import { broadcastShapes } from "../../tensor/shape.ts";
import { type Evaluate, generate, read } from "./array.ts";
import { errorFunction } from "./errorFunction.ts";

function elementwise<A>(element: (x: readonly number[], attributes: A) => number): Evaluate<A> {
  return (inputs, attributes) => {
    const shape = inputs.reduce<readonly number[]>((sum, x) => concreteBroadcast(sum, x.shape), []);
    return generate(shape, (index) =>
      element(
        inputs.map((x) => read(x, index)),
        attributes,
      ),
    );
  };
}

function concreteBroadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  return broadcastShapes(a, b).map(Number);
}

function unary<A>(element: (x: number, attributes: A) => number): Evaluate<A> {
  return elementwise(([x], attributes) => element(x!, attributes));
}

function binary(element: (a: number, b: number) => number): Evaluate<unknown> {
  return elementwise(([a, b]) => element(a!, b!));
}

export const add = binary((a, b) => a + b);
export const sub = binary((a, b) => a - b);
export const mul = binary((a, b) => a * b);
export const div = binary((a, b) => a / b);
export const maximum = binary(Math.max);
export const minimum = binary(Math.min);
export const greater = binary((a, b) => Number(a > b));
export const less = binary((a, b) => Number(a < b));
export const equal = binary((a, b) => Number(a === b));
export const neg = unary((x) => -x);
export const abs = unary(Math.abs);
export const exp = unary(Math.exp);
export const log = unary(Math.log);
export const sqrt = unary(Math.sqrt);
export const square = unary((x) => x * x);
export const reciprocal = unary((x) => 1 / x);
export const relu = unary((x) => Math.max(x, 0));
export const sigmoid = unary((x) => 1 / (1 + Math.exp(-x)));
export const tanh = unary(Math.tanh);
export const softplus = unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
export const softsign = unary((x) => x / (1 + Math.abs(x)));
export const erf = unary(errorFunction);
export const leakyRelu = unary<LeakyReluAttributes>((x, { alpha }) => (x > 0 ? x : alpha * x));
export const elu = unary<EluAttributes>((x, { alpha }) => (x > 0 ? x : alpha * Math.expm1(x)));
export const gelu = unary((x) => (x / 2) * (1 + errorFunction(x * Math.SQRT1_2)));
export const hardSwish = unary((x) => x * Math.min(Math.max(x / 6 + 0.5, 0), 1));
export const hardSigmoid = unary<HardSigmoidAttributes>((x, { alpha, beta }) =>
  Math.min(Math.max(alpha * x + beta, 0), 1),
);
export const clip = unary<ClipAttributes>((x, { min = -Infinity, max = Infinity }) =>
  Math.min(Math.max(x, min), max),
);
export const where = elementwise(([mask, a, b]) => (mask === 0 ? b! : a!));

const convert: Readonly<Record<CastAttributes["to"], (x: number) => number>> = {
  float32: (x) => x,
  float64: (x) => x,
  int32: Math.trunc,
  int64: Math.trunc,
  uint8: Math.trunc,
  bool: (x) => Number(x !== 0),
};
export const cast = unary<CastAttributes>((x, { to }) => convert[to](x));
