import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type {
  CastAttributes,
  ClipAttributes,
  EluAttributes,
  HardSigmoidAttributes,
  LeakyReluAttributes,
} from "../../ops/elementwise.ts";
import { operators } from "../../ops/index.ts";
import type { DType } from "../../tensor/tensor.ts";
import { number, sumTo } from "../broadcasting.ts";
import type { VjpContext, VjpRule } from "../rule.ts";

const { add: plus, sub: minus, mul: times, div: over } = operators;

/** y = f(x): dx = dy * f'(x). */
function unary<A = unknown>(
  derivative: (context: VjpContext<A> & { readonly x: Value }) => Value,
): VjpRule<A> {
  return (context) => {
    const { g, inputs, dy } = context;
    return [g.apply(times, [dy, derivative({ ...context, x: inputs[0]! })], {})];
  };
}

/** y = f(a, b) with broadcasting: the gradients are summed over stretched axes. */
function binary(gradients: (context: VjpContext<unknown>) => readonly [Value, Value]): VjpRule<unknown> {
  return (context) =>
    gradients(context).map((gradient, index) =>
      sumTo(context.g, gradient, context.inputs[index]!.type.shape),
    );
}

/** A step function is flat wherever it has a derivative. */
const flat: VjpRule<unknown> = ({ inputs }) => inputs.map(() => undefined);

export const add = binary(({ dy }) => [dy, dy]);
export const sub = binary(({ g, dy }) => [dy, g.apply(operators.neg, [dy], {})]);
export const mul = binary(({ g, inputs: [a, b], dy }) => [
  g.apply(times, [dy, b!], {}),
  g.apply(times, [dy, a!], {}),
]);
// d(a/b)/db = -a / b^2 = -y / b
export const div = binary(({ g, inputs: [, b], y, dy }) => {
  const quotient = g.apply(over, [dy, b!], {});
  return [quotient, g.apply(operators.neg, [g.apply(times, [quotient, y], {})], {})];
});

/** The one that wins takes the gradient; of equals the first, as in TensorFlow. @param loses - Whether the first one loses. */
function winner(loses: typeof operators.greater | typeof operators.less): VjpRule<unknown> {
  return binary(({ g, inputs: [a, b], dy }) => {
    const second = g.apply(times, [dy, g.apply(loses, [a!, b!], {})], {});
    return [g.apply(minus, [dy, second], {}), second];
  });
}
export const maximum = winner(operators.less);
export const minimum = winner(operators.greater);

export const greater = flat;
export const less = flat;
export const equal = flat;

export const neg: VjpRule<unknown> = ({ g, dy }) => [g.apply(operators.neg, [dy], {})];
export const abs = unary(({ g, x }) =>
  g.apply(
    minus,
    [g.apply(operators.greater, [x, number(g, 0)], {}), g.apply(operators.less, [x, number(g, 0)], {})],
    {},
  ),
);
export const exp = unary(({ y }) => y);
export const log: VjpRule<unknown> = ({ g, inputs: [x], dy }) => [g.apply(over, [dy, x!], {})];
// d sqrt(x) = 1 / (2 y)
export const sqrt: VjpRule<unknown> = ({ g, y, dy }) => [
  g.apply(over, [dy, g.apply(times, [y, number(g, 2)], {})], {}),
];
export const square = unary(({ g, x }) => g.apply(times, [x, number(g, 2)], {}));
// d(1/x) = -y^2
export const reciprocal = unary(({ g, y }) =>
  g.apply(operators.neg, [g.apply(operators.square, [y], {})], {}),
);
export const relu = unary(({ g, y }) => g.apply(operators.greater, [y, number(g, 0)], {}));
// d sigmoid = y (1 - y)
export const sigmoid = unary(({ g, y }) => g.apply(times, [y, g.apply(minus, [number(g, 1), y], {})], {}));
// d tanh = 1 - y^2
export const tanh = unary(({ g, y }) =>
  g.apply(minus, [number(g, 1), g.apply(operators.square, [y], {})], {}),
);
export const softplus = unary(({ g, x }) => g.apply(operators.sigmoid, [x], {}));

// d (x / (1 + |x|)) = (1 - |y|)^2
export const softsign = unary(({ g, y }) =>
  g.apply(operators.square, [g.apply(minus, [number(g, 1), g.apply(operators.abs, [y], {})], {})], {}),
);
// d erf = 2 / sqrt(pi) e^(-x^2)
export const erf = unary(({ g, x }) => {
  const bell = g.apply(operators.exp, [g.apply(operators.neg, [g.apply(operators.square, [x], {})], {})], {});
  return g.apply(times, [bell, number(g, 2 / Math.sqrt(Math.PI))], {});
});
export const leakyRelu = unary<LeakyReluAttributes>(({ g, x, attributes: { alpha } }) => {
  const right = g.apply(operators.greater, [x, number(g, 0)], {});
  return g.apply(operators.where, [right, number(g, 1), number(g, alpha)], {});
});
// left of 0: alpha e^x = y + alpha
export const elu = unary<EluAttributes>(({ g, x, y, attributes: { alpha } }) => {
  const right = g.apply(operators.greater, [x, number(g, 0)], {});
  const slope = g.apply(plus, [y, number(g, alpha)], {});
  return g.apply(operators.where, [right, number(g, 1), slope], {});
});

// gelu = x P(x), P the normal distribution's function: P(x) + x p(x), p(x) = 1 / sqrt(2 pi) e^(-x^2 / 2)
export const gelu = unary(({ g, x }) => {
  const scaled = g.apply(times, [x, number(g, Math.SQRT1_2)], {});
  const upTo = g.apply(plus, [g.apply(operators.erf, [scaled], {}), number(g, 1)], {});
  const bell = g.apply(
    operators.exp,
    [g.apply(operators.neg, [g.apply(operators.square, [scaled], {})], {})],
    {},
  );
  const slope = g.apply(times, [x, g.apply(times, [bell, number(g, 1 / Math.sqrt(2 * Math.PI))], {})], {});
  return g.apply(plus, [g.apply(times, [upTo, number(g, 0.5)], {}), slope], {});
});
// hardSwish = x h(x), h = hardSigmoid with slope 1/6: h(x) + x / 6 where |x| < 3
export const hardSwish = unary(({ g, x }) => {
  const level = g.apply(operators.hardSigmoid, [x], { alpha: 1 / 6, beta: 0.5 });
  const slope = g.apply(times, [lessThan(g, g.apply(operators.abs, [x], {}), 3), number(g, 1 / 6)], {});
  return g.apply(plus, [level, g.apply(times, [x, slope], {})], {});
});

export const hardSigmoid = unary<HardSigmoidAttributes>(({ g, y, attributes }) => {
  const above = g.apply(operators.greater, [y, number(g, 0)], {});
  const inside = g.apply(times, [above, lessThan(g, y, 1)], {});
  return g.apply(times, [inside, number(g, attributes.alpha)], {});
});

/** The bounds themselves let the gradient through, as in TensorFlow and PyTorch. */
export const clip: VjpRule<ClipAttributes> = ({ g, inputs: [x], dy, attributes: { min, max } }) => {
  let gradient = dy;
  const zero = number(g, 0);
  if (min !== undefined) gradient = g.apply(operators.where, [lessThan(g, x!, min), zero, gradient], {});
  if (max !== undefined) {
    const above = g.apply(operators.greater, [x!, number(g, max)], {});
    gradient = g.apply(operators.where, [above, zero, gradient], {});
  }
  return [gradient];
};

export const where: VjpRule<unknown> = ({ g, inputs: [mask, a, b], dy }) => {
  const zero = number(g, 0);
  return [
    undefined,
    sumTo(g, g.apply(operators.where, [mask!, dy, zero], {}), a!.type.shape),
    sumTo(g, g.apply(operators.where, [mask!, zero, dy], {}), b!.type.shape),
  ];
};

/** Between floating types the gradient passes; to whole numbers it is a step function. */
export const cast: VjpRule<CastAttributes> = ({ g, inputs: [x], dy, attributes }) => {
  const floating: readonly DType[] = ["float32", "float64"];
  const passes = floating.includes(x!.type.dtype) && floating.includes(attributes.to);
  return [passes ? g.apply(operators.cast, [dy], { to: x!.type.dtype }) : undefined];
};

function lessThan(g: GraphBuilder, x: Value, bound: number): Value {
  return g.apply(operators.less, [x, number(g, bound)], {});
}
