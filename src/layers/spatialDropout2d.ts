import { operators } from "../ops/index.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import { checkDropoutRate, checkSeed } from "./dropout.ts";
import type { LayerOptions } from "./layer.ts";
import { pictureSize } from "./layout.ts";

export interface SpatialDropoutConfig {
  readonly rate: number;
  /** Left out or null: masks follow from the seed of `fit` and the layer's place. Given: from this number alone. */
  readonly seed: number | null;
}

const spatialDropout2dDefinition = defineLayer<SpatialDropoutConfig>({
  kind: "SpatialDropout2D",
  drawsInTraining: ({ rate }) => rate !== 0,
  call: ({ g, context, inputs, config }) => {
    const x = inputs[0]!;
    pictureSize(context.path, x.type.shape);
    if (context.mode === "infer" || config.rate === 0) return x;
    const [batch, channels] = x.type.shape;
    const mask = context.dropoutMask([batch!, channels!, 1, 1], config.rate, config.seed);
    return g.apply(operators.mul, [x, mask], {});
  },
});

/**
 * Dropout of whole channels (Tompson et al. 2014): in training each channel of a picture is 0 with probability `rate`, the
 * others are scaled by 1 / (1 - rate). Input and output [batch, height, width, channels].
 *
 * @throws PermafrostError INVALID_ARGUMENT unless 0 <= rate < 1.
 */
export function spatialDropout2D(
  options: LayerOptions & Pick<SpatialDropoutConfig, "rate"> & Partial<SpatialDropoutConfig>,
): DefinedLayer<SpatialDropoutConfig> {
  const rate = checkDropoutRate("spatialDropout2d", options.rate);
  const seed = checkSeed("spatialDropout2d", options.seed);
  return new DefinedLayer(spatialDropout2dDefinition, { rate, seed }, options);
}
