import { PermafrostError } from "../base/errors.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { float32 } from "../tensor/tensor.ts";
import { type CallArguments, DefinedLayer, defineLayer } from "./definition.ts";
import { initializers } from "./initializers.ts";
import type { LayerOptions } from "./layer.ts";
import { knownSize } from "./layout.ts";
import type { ParameterSpec } from "./parameter.ts";

export interface BatchNormalizationConfig {
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
}

const batchNormalizationDefinition = defineLayer<BatchNormalizationConfig>({
  kind: "BatchNormalization",
  parameters: ([x], config) => {
    const shape = [knownSize(x ?? [], -1)];
    const zeros = initializers["zeros"]!;
    const ones = initializers["ones"]!;
    const specs: ParameterSpec[] = [];
    if (config.scale) specs.push({ name: "gamma", shape, initializer: ones });
    if (config.center) specs.push({ name: "beta", shape, initializer: zeros });
    specs.push({ name: "moving_mean", shape, initializer: zeros, trainable: false });
    specs.push({ name: "moving_variance", shape, initializer: ones, trainable: false });
    return specs;
  },
  call: (call) => {
    const { g, context, inputs, parameters, config, trainable } = call;
    if (context.mode === "train" && trainable) throw batchStatisticsError(context.path);
    const gamma = parameters["gamma"] ?? constantLike(call, 1);
    const beta = parameters["beta"] ?? constantLike(call, 0);
    const statistics = [parameters["moving_mean"]!, parameters["moving_variance"]!];
    return g.apply(operators.batchNormInference, [inputs[0]!, gamma, beta, ...statistics], {
      epsilon: config.epsilon,
    });
  },
});

function constantLike({ g, parameters }: CallArguments<BatchNormalizationConfig>, value: number): Value {
  const size = knownSize(parameters["moving_mean"]!.type.shape, 0);
  return g.constant(float32([size], new Float32Array(size).fill(value)));
}

function batchStatisticsError(path: string): PermafrostError {
  return new PermafrostError(
    "NO_GRADIENT",
    `${path}: training a BatchNormalization with the statistics of each batch is not built yet. Freeze it (layer.trainable = false), ` +
      "or call its network with apply(x, { training: false }).",
  );
}

/**
 * gamma · (x - mean) / sqrt(variance + epsilon) + beta for each channel (the last axis).
 * Weights gamma (ones), beta (zeros), moving_mean (zeros), moving_variance (ones), each [channels]; the last two are never trained.
 * A frozen one uses its moving statistics in training too, and leaves them alone (Keras since TF2).
 * Defaults: momentum 0.99, epsilon 0.001, center and scale on.
 */
export function batchNormalization(
  options: LayerOptions & Partial<BatchNormalizationConfig> = {},
): DefinedLayer<BatchNormalizationConfig> {
  const config: BatchNormalizationConfig = {
    momentum: options.momentum ?? 0.99,
    epsilon: options.epsilon ?? 1e-3,
    center: options.center ?? true,
    scale: options.scale ?? true,
  };
  return new DefinedLayer(batchNormalizationDefinition, config, options);
}
