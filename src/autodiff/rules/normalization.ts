import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { operators } from "../../ops/index.ts";
import type { BatchNormAttributes } from "../../ops/normalization.ts";
import type { Shape } from "../../tensor/shape.ts";
import { number } from "../broadcasting.ts";
import { type NotDifferentiable, resultsOf, type VjpRule } from "../rule.ts";

/**
 * y = (x - mean) r gamma + beta with r = 1 / sqrt(variance + epsilon).
 * dgamma = sum(dy (x - mean)) r; dmean = -sum(dy) r gamma; dvariance = -1/2 r^3 gamma sum(dy (x - mean)) = -1/2 r^2 gamma dgamma.
 */
export const batchNormInference: VjpRule<BatchNormAttributes> = ({ g, inputs, dy, attributes }) => {
  const [x, gamma, , mean, variance] = inputs;
  const { add, div, mul, neg, sqrt, square, sub } = operators;
  const spread = g.apply(sqrt, [g.apply(add, [variance!, number(g, attributes.epsilon)], {})], {});
  const r = g.apply(div, [number(g, 1), spread], {});
  const scale = g.apply(mul, [gamma!, r], {});
  const centered = g.apply(sub, [x!, channelwise(g, mean!, x!.type.shape)], {});
  const dbeta = sumOfChannels(g, dy);
  const dgamma = g.apply(mul, [sumOfChannels(g, g.apply(mul, [dy, centered], {})), r], {});
  const half = g.apply(mul, [g.apply(mul, [gamma!, dgamma], {}), number(g, -0.5)], {});
  return [
    g.apply(mul, [dy, channelwise(g, scale, x!.type.shape)], {}),
    dgamma,
    dbeta,
    g.apply(neg, [g.apply(mul, [dbeta, scale], {})], {}),
    g.apply(mul, [half, g.apply(square, [r], {})], {}),
  ];
};

export const batchNormTraining: VjpRule<BatchNormAttributes> = ({ g, inputs, y, dy, attributes }) => {
  const [x, gamma] = inputs;
  const [, mean, variance] = resultsOf(y);
  return g.applyAll(operators.batchNormTrainingGradient, [x!, dy, gamma!, mean!, variance!], {
    epsilon: attributes.epsilon,
  });
};

export const batchNormTrainingGradient: NotDifferentiable = {
  notDifferentiable: "second derivatives of a normalization by its batch are not provided",
};

/** [C] as [1, C, 1, ...], to be combined with [N, C, ...]. */
function channelwise(g: GraphBuilder, vector: Value, shape: Shape): Value {
  return g.apply(operators.reshape, [vector], { shape: shape.map((size, axis) => (axis === 1 ? size : 1)) });
}

/** [N, C, ...] to [C]. Inner axes first: ONNX Runtime is faster that way. */
function sumOfChannels(g: GraphBuilder, value: Value): Value {
  const inner = value.type.shape.map((_, axis) => axis).slice(2);
  const perSample = inner.length === 0 ? value : g.apply(operators.reduceSum, [value], { axes: inner });
  return g.apply(operators.reduceSum, [perSample], { axes: [0] });
}
