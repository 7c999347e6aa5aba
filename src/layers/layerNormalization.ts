import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { engineAxis } from "./layout.ts";
import {
  type ScaleConfig,
  type ScaleOptions,
  scaleAndCenter,
  scaleConfig,
  scaleSpecs,
} from "./scaleAndCenter.ts";

export interface LayerNormalizationConfig extends ScaleConfig {
  /** The user's axes that one mean and variance are taken over. */
  readonly axis: number | readonly number[];
  readonly epsilon: number;
}

export interface LayerNormalizationOptions extends LayerOptions, ScaleOptions {
  /** Default -1: the channels of each pixel for themselves. */
  readonly axis?: number | readonly number[];
  /** Added to the variance. Default 0.001. */
  readonly epsilon?: number;
}

const layerNormalizationDefinition = defineLayer<LayerNormalizationConfig>({
  kind: "LayerNormalization",
  parameters: ([x], config) => {
    const axes = [config.axis].flat();
    if (axes.some((axis) => normalizeAxis(axis, x?.length ?? 0) === 0)) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `layerNormalization: axis: expected axes behind the batch, got [${axes.join(", ")}].`,
      );
    }
    return scaleSpecs(x!, axes, config);
  },
  call: ({ g, inputs, parameters, config }) => {
    const [x] = inputs;
    const axes = [config.axis].flat().map((axis) => engineAxis(axis, x!.type.shape.length));
    const normal = g.apply(operators.standardize, [x!], { axes, epsilon: config.epsilon });
    return scaleAndCenter(g, normal, parameters);
  },
});

/**
 * (x - mean) / sqrt(variance + epsilon) · gamma + beta with the statistics of each sample along `axis` (Ba et al. 2016).
 * Output: the input's shape. Weights gamma (ones) and beta (zeros) have the sizes of these axes.
 */
export function layerNormalization(
  options: LayerNormalizationOptions = {},
): DefinedLayer<LayerNormalizationConfig> {
  const config: LayerNormalizationConfig = {
    axis: options.axis ?? -1,
    epsilon: options.epsilon ?? 1e-3,
    ...scaleConfig(options),
  };
  return new DefinedLayer(layerNormalizationDefinition, config, options);
}
