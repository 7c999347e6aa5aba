import type { OnnxAttribute, Operator } from "../graph/operator.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import { type DType, scalar } from "../tensor/tensor.ts";
import { elementTypeCode } from "./elementType.ts";
import { expectDType, expectInputs, expectSameDType, type NoAttributes } from "./signature.ts";

function binary<Name extends string>(name: Name, opType: string): Operator<Name, NoAttributes> {
  return {
    name,
    pointwise: true,
    infer(inputs) {
      expectInputs(inputs, 2);
      expectSameDType(inputs);
      const [a, b] = inputs;
      return [{ dtype: a!.dtype, shape: broadcastShapes(a!.shape, b!.shape) }];
    },
    lower: (onnx, node) => onnx.node(opType, node.inputs, node.outputs),
  };
}

/** A comparison gives a float32 mask of 0 and 1, so that masks multiply without a cast. */
function comparison<Name extends string>(name: Name, opType: string): Operator<Name, NoAttributes> {
  return {
    name,
    infer(inputs) {
      expectInputs(inputs, 2);
      expectSameDType(inputs);
      return [{ dtype: "float32", shape: broadcastShapes(inputs[0]!.shape, inputs[1]!.shape) }];
    },
    lower(onnx, node) {
      const flags = onnx.temporary();
      onnx.node(opType, node.inputs, [flags]);
      onnx.node("Cast", [flags], node.outputs, { to: { int: elementTypeCode.float32 } });
    },
  };
}

function unary<Name extends string, A = NoAttributes>(
  name: Name,
  opType: string,
  attributes: (given: A) => Readonly<Record<string, OnnxAttribute>> = () => ({}),
): Operator<Name, A> {
  return {
    name,
    pointwise: true,
    infer(inputs) {
      expectInputs(inputs, 1);
      return [inputs[0]!];
    },
    lower: (onnx, node) => onnx.node(opType, node.inputs, node.outputs, attributes(node.attributes)),
  };
}

/** a + b with broadcasting. */
export const add = binary("add", "Add");
/** a - b with broadcasting. */
export const sub = binary("sub", "Sub");
/** a * b with broadcasting. */
export const mul = binary("mul", "Mul");
/** a / b with broadcasting. */
export const div = binary("div", "Div");
/** The larger of a and b, with broadcasting. */
export const maximum = binary("maximum", "Max");
/** The smaller of a and b, with broadcasting. */
export const minimum = binary("minimum", "Min");

/** 1 where a > b, else 0; float32. */
export const greater = comparison("greater", "Greater");
/** 1 where a < b, else 0; float32. */
export const less = comparison("less", "Less");
/** 1 where a = b, else 0; float32. */
export const equal = comparison("equal", "Equal");

/** -x. */
export const neg = unary("neg", "Neg");
/** |x|. */
export const abs = unary("abs", "Abs");
/** e to the x. */
export const exp = unary("exp", "Exp");
/** Natural logarithm. */
export const log = unary("log", "Log");
/** Square root. */
export const sqrt = unary("sqrt", "Sqrt");
/** 1 / x. */
export const reciprocal = unary("reciprocal", "Reciprocal");
/** max(x, 0). */
export const relu = unary("relu", "Relu");
/** 1 / (1 + e^-x). */
export const sigmoid = unary("sigmoid", "Sigmoid");
/** Hyperbolic tangent. */
export const tanh = unary("tanh", "Tanh");
/** x / (1 + |x|). */
export const softsign = unary("softsign", "Softsign");
/** Gauss's error function: 2 / sqrt(pi) times the integral of e^-t^2 from 0 to x. */
export const erf = unary("erf", "Erf");
/** x / 2 * (1 + erf(x / sqrt(2))) (Hendrycks and Gimpel 2016). */
export const gelu = unary("gelu", "Gelu");
/** x * clip(x / 6 + 1/2, 0, 1) (Howard et al. 2019, MobileNetV3). */
export const hardSwish = unary("hardSwish", "HardSwish");

/** x * x. */
export const square: Operator<"square", NoAttributes> = {
  ...unary("square", "Mul"),
  lower: (onnx, node) => onnx.node("Mul", [node.inputs[0]!, node.inputs[0]!], node.outputs),
};

/** The line of a hard sigmoid. PyTorch and Keras 3 use alpha 1/6, Keras 2 used 0.2; beta is 1/2 in all of them. */
export interface HardSigmoidAttributes {
  readonly alpha: number;
  readonly beta: number;
}

/** clip(alpha * x + beta, 0, 1). */
export const hardSigmoid = unary<"hardSigmoid", HardSigmoidAttributes>(
  "hardSigmoid",
  "HardSigmoid",
  ({ alpha, beta }) => ({ alpha: { float: alpha }, beta: { float: beta } }),
);

/** How steep the left side is. */
export interface LeakyReluAttributes {
  readonly alpha: number;
}

/** x where x > 0, else alpha * x. */
export const leakyRelu = unary<"leakyRelu", LeakyReluAttributes>("leakyRelu", "LeakyRelu", ({ alpha }) => ({
  alpha: { float: alpha },
}));

/** The value far to the left is -alpha. */
export interface EluAttributes {
  readonly alpha: number;
}

/** x where x > 0, else alpha * (e^x - 1) (Clevert et al. 2015). */
export const elu = unary<"elu", EluAttributes>("elu", "Elu", ({ alpha }) => ({ alpha: { float: alpha } }));

/**
 * log(1 + e^x) = max(x, 0) + log1p(u) with u = e^-|x|, exact to float32 everywhere.
 *
 * ONNX has no log1p, and ONNX Runtime's Softplus loses the small values; log1p(u) = 2 atanh(u / (2 + u)) keeps them.
 */
export const softplus: Operator<"softplus", NoAttributes> = {
  ...unary("softplus", "Softplus"),
  lower(onnx, node) {
    const [x] = node.inputs;
    const two = onnx.constant(scalar(2));
    const [size, negated, u, sum, quotient, half, tail, positive] = Array.from({ length: 8 }, () =>
      onnx.temporary(),
    );
    onnx.node("Abs", [x!], [size!]);
    onnx.node("Neg", [size!], [negated!]);
    onnx.node("Exp", [negated!], [u!]);
    onnx.node("Add", [u!, two], [sum!]);
    onnx.node("Div", [u!, sum!], [quotient!]);
    onnx.node("Atanh", [quotient!], [half!]);
    onnx.node("Mul", [half!, two], [tail!]);
    onnx.node("Relu", [x!], [positive!]);
    onnx.node("Add", [positive!, tail!], node.outputs);
  },
};

/** Bounds, both included. A bound left out does not bind. */
export interface ClipAttributes {
  readonly min?: number;
  readonly max?: number;
}

/** min(max(x, min), max). */
export const clip: Operator<"clip", ClipAttributes> = {
  ...unary("clip", "Clip"),
  lower(onnx, node) {
    const { min, max } = node.attributes;
    const bound = (value: number | undefined) => (value === undefined ? "" : onnx.constant(scalar(value)));
    const inputs = [node.inputs[0]!, bound(min), bound(max)];
    while (inputs.at(-1) === "") inputs.pop();
    onnx.node("Clip", inputs, node.outputs);
  },
};

/** The element type of the result. */
export interface CastAttributes {
  readonly to: DType;
}

/** The same numbers as another element type; fractions are cut off towards zero. */
export const cast: Operator<"cast", CastAttributes> = {
  name: "cast",
  infer(inputs, { to }) {
    expectInputs(inputs, 1);
    return [{ dtype: to, shape: inputs[0]!.shape }];
  },
  lower: (onnx, node) =>
    onnx.node("Cast", node.inputs, node.outputs, { to: { int: elementTypeCode[node.attributes.to] } }),
};

/** a where the float32 mask is not 0, else b; all three broadcast. An unpicked NaN or infinity leaves no trace. */
export const where: Operator<"where", NoAttributes> = {
  name: "where",
  infer(inputs) {
    expectInputs(inputs, 3);
    const [mask, a, b] = inputs;
    expectDType(mask!, "float32");
    expectSameDType([a!, b!]);
    return [{ dtype: a!.dtype, shape: broadcastShapes(mask!.shape, broadcastShapes(a!.shape, b!.shape)) }];
  },
  lower(onnx, node) {
    const [mask, a, b] = node.inputs;
    const flags = onnx.temporary();
    onnx.node("Cast", [mask!], [flags], { to: { int: elementTypeCode.bool } });
    onnx.node("Where", [flags, a!, b!], node.outputs);
  },
};
