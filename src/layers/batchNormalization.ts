import { PermafrostError } from "../base/errors.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { normalizeAxis, type Shape } from "../tensor/shape.ts";
import { float32, scalar } from "../tensor/tensor.ts";
import { type CallArguments, DefinedLayer, defineLayer } from "./definition.ts";
import { type Initializer, type InitializerIdentifier, resolveInitializer } from "./initializers.ts";
import type { LayerOptions } from "./layer.ts";
import { engineAxis, knownSize } from "./layout.ts";
import { type ScaleConfig, type ScaleOptions, scaleConfig, scaleSpecs } from "./scaleAndCenter.ts";

export interface BatchNormalizationConfig extends ScaleConfig {
  /** The user's axis whose places have statistics of their own. */
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly movingMeanInitializer: Initializer;
  readonly movingVarianceInitializer: Initializer;
}

export interface BatchNormalizationOptions extends LayerOptions, ScaleOptions {
  /** Default -1: the channels. */
  readonly axis?: number;
  /** How much of the moving statistics a step keeps. Default 0.99. */
  readonly momentum?: number;
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
  /** Default "zeros". */
  readonly movingMeanInitializer?: InitializerIdentifier;
  /** Default "ones". */
  readonly movingVarianceInitializer?: InitializerIdentifier;
}

/** The weights that are never trained, in the order of the operator's results. */
const movingStatistics = ["moving_mean", "moving_variance"] as const;

const batchNormalizationDefinition = defineLayer<BatchNormalizationConfig>({
  kind: "BatchNormalization",
  parameters: ([x], config) => {
    const channels = channelsOf(x ?? [], config.axis);
    const statistic = { shape: [channels], trainable: false };
    return [
      ...scaleSpecs(["batch", channels], [-1], config),
      { name: "moving_mean", initializer: config.movingMeanInitializer, ...statistic },
      { name: "moving_variance", initializer: config.movingVarianceInitializer, ...statistic },
    ];
  },
  call: (call) => {
    const { g, inputs, config } = call;
    const axis = engineAxis(config.axis, inputs[0]!.type.shape.length);
    if (axis === 1) return normalized(call, inputs[0]!);
    // The operators' channels are the second axis: the two change places, and back.
    const permutation = inputs[0]!.type.shape.map((_, place) =>
      place === 1 ? axis : place === axis ? 1 : place,
    );
    const turned = (x: Value) => g.apply(operators.transpose, [x], { permutation });
    return turned(normalized(call, turned(inputs[0]!)));
  },
});

function channelsOf(shape: Shape, axis: number): number {
  if (normalizeAxis(axis, shape.length) !== 0) return knownSize(shape, axis);
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `batchNormalization: axis: expected an axis behind the batch, got ${axis}.`,
  );
}

/** @param x - Its second axis is the one with the statistics. */
function normalized(call: CallArguments<BatchNormalizationConfig>, x: Value): Value {
  const { g, context, parameters, config, trainable } = call;
  const gamma = parameters["gamma"] ?? constantLike(call, 1);
  const beta = parameters["beta"] ?? constantLike(call, 0);
  const { epsilon } = config;
  if (context.mode === "train" && trainable) {
    const [y, ...statistics] = g.applyAll(operators.batchNormTraining, [x, gamma, beta], { epsilon });
    for (const [index, name] of movingStatistics.entries())
      call.update(name, movingAverage(call, parameters[name]!, statistics[index]!));
    return y!;
  }
  const statistics = movingStatistics.map((name) => parameters[name]!);
  return g.apply(operators.batchNormInference, [x, gamma, beta, ...statistics], { epsilon });
}

/** moving · momentum + batch · (1 - momentum). */
function movingAverage(
  { g, config: { momentum } }: CallArguments<BatchNormalizationConfig>,
  moving: Value,
  batch: Value,
): Value {
  const times = (value: Value, factor: number) =>
    g.apply(operators.mul, [value, g.constant(scalar(factor), "momentum")], {});
  return g.apply(operators.add, [times(moving, momentum), times(batch, 1 - momentum)], {});
}

function constantLike({ g, parameters }: CallArguments<BatchNormalizationConfig>, value: number): Value {
  const size = knownSize(parameters["moving_mean"]!.type.shape, 0);
  return g.constant(float32([size], new Float32Array(size).fill(value)));
}

/**
 * gamma · (x - mean) / sqrt(variance + epsilon) + beta for each channel (the last axis, or `axis`).
 * Weights gamma (ones), beta (zeros), moving_mean (zeros), moving_variance (ones), each [channels]; the last two are never trained.
 * In training it uses the mean and the (population) variance of its batch, and each step moves the moving statistics:
 * moving · momentum + batch · (1 - momentum). A frozen one, or one called with `training: false`, uses its moving statistics
 * in training too, and leaves them alone (Keras since TF2).
 */
export function batchNormalization(
  options: BatchNormalizationOptions = {},
): DefinedLayer<BatchNormalizationConfig> {
  const config: BatchNormalizationConfig = {
    axis: options.axis ?? -1,
    momentum: options.momentum ?? 0.99,
    epsilon: options.epsilon ?? 1e-3,
    ...scaleConfig(options),
    movingMeanInitializer: resolveInitializer(options.movingMeanInitializer ?? "zeros"),
    movingVarianceInitializer: resolveInitializer(options.movingVarianceInitializer ?? "ones"),
  };
  return new DefinedLayer(batchNormalizationDefinition, config, options);
}
