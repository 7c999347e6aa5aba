import { imageSize } from "../../ops/imageSize.ts";
import { operators } from "../../ops/index.ts";
import type { PoolAttributes } from "../../ops/pooling.ts";
import type { PoolGradientAttributes } from "../../ops/poolingGradient.ts";
import { float32 } from "../../tensor/tensor.ts";
import { type NotDifferentiable, resultsOf, type VjpRule } from "../rule.ts";

/** Each of the H W elements has 1 / (H W) of the gradient. */
export const globalAveragePool2d: VjpRule<unknown> = ({ g, inputs: [x], dy }) => {
  const [height, width] = imageSize(x!.type);
  const count = height * width;
  const shares = g.constant(
    float32([1, 1, height, width], new Float32Array(count).fill(1 / count)),
    "shares",
  );
  return [g.apply(operators.mul, [dy, shares], {})];
};

export const maxPool2d: VjpRule<PoolAttributes> = ({ g, inputs: [x], y, dy, attributes }) => {
  const [, places] = resultsOf(y);
  const inputSize = imageSize(x!.type);
  return [g.apply(operators.maxPool2dGradient, [dy, places!], { ...attributes, inputSize })];
};

export const maxPool2dGradient: NotDifferentiable = {
  notDifferentiable: "second derivatives of a maximum are not provided",
};

export const averagePool2d: VjpRule<PoolAttributes> = ({ g, inputs: [x], dy, attributes }) => [
  g.apply(operators.averagePool2dGradient, [dy], { ...attributes, inputSize: imageSize(x!.type) }),
];

/** The pooling is linear, so its gradient's gradient is the pooling. */
export const averagePool2dGradient: VjpRule<PoolGradientAttributes> = ({ g, dy, attributes }) => {
  const { inputSize: _, ...pool } = attributes;
  return [g.apply(operators.averagePool2d, [dy], pool)];
};
