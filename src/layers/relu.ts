import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { checkAtLeastZero } from "./arguments.ts";
import { type CallArguments, DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface ReluConfig {
  readonly maxValue: number | null;
  readonly negativeSlope: number;
  readonly threshold: number;
}

const reluDefinition = defineLayer<ReluConfig>({
  kind: "ReLU",
  call: (call) => {
    const { g, inputs, config } = call;
    const { maxValue, negativeSlope, threshold } = config;
    if (negativeSlope !== 0 || threshold !== 0) return generalRelu(call);
    return maxValue === null
      ? g.apply(operators.relu, [inputs[0]!], {})
      : g.apply(operators.clip, [inputs[0]!], { min: 0, max: maxValue });
  },
});

/** x where x >= threshold, slope · (x - threshold) below it, at most maxValue. */
function generalRelu({ g, inputs, config }: CallArguments<ReluConfig>): Value {
  const x = inputs[0]!;
  const threshold = g.constant(scalar(config.threshold), "threshold");
  const below = g.apply(operators.greater, [threshold, x], {});
  const above = g.apply(operators.sub, [g.constant(scalar(1), "one"), below], {});
  const kept = g.apply(operators.mul, [x, above], {});
  const distance = g.apply(operators.sub, [x, threshold], {});
  const slope = g.constant(scalar(config.negativeSlope), "slope");
  const leaked = g.apply(operators.mul, [g.apply(operators.mul, [distance, below], {}), slope], {});
  const result = g.apply(operators.add, [kept, leaked], {});
  return config.maxValue === null
    ? result
    : g.apply(operators.minimum, [result, g.constant(scalar(config.maxValue), "max")], {});
}

/**
 * Rectifier: x where x >= threshold, negativeSlope · (x - threshold) below it, at most maxValue.
 * Defaults: no upper bound, slope 0, threshold 0. Output: the input's shape.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a number below 0.
 */
export function relu(options: LayerOptions & Partial<ReluConfig> = {}): DefinedLayer<ReluConfig> {
  const maxValue = options.maxValue ?? null;
  const config: ReluConfig = {
    maxValue: maxValue === null ? null : checkAtLeastZero("relu: maxValue", maxValue),
    negativeSlope: checkAtLeastZero("relu: negativeSlope", options.negativeSlope ?? 0),
    threshold: checkAtLeastZero("relu: threshold", options.threshold ?? 0),
  };
  return new DefinedLayer(reluDefinition, config, options);
}
