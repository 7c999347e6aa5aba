import { operators } from "../ops/index.ts";
import { checkAtLeastZero } from "./arguments.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface LeakyReluConfig {
  readonly negativeSlope: number;
}

const leakyReluDefinition = defineLayer<LeakyReluConfig>({
  kind: "LeakyReLU",
  call: ({ g, inputs, config }) =>
    g.apply(operators.leakyRelu, [inputs[0]!], { alpha: config.negativeSlope }),
});

/** x where x > 0, else negativeSlope · x (default 0.3). Output: the input's shape. */
export function leakyRelu(
  options: LayerOptions & Partial<LeakyReluConfig> = {},
): DefinedLayer<LeakyReluConfig> {
  const negativeSlope = checkAtLeastZero("leakyRelu: negativeSlope", options.negativeSlope ?? 0.3);
  return new DefinedLayer(leakyReluDefinition, { negativeSlope }, options);
}
