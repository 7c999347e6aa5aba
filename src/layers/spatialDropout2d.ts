import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { showShape } from "../tensor/shape.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import { checkDropoutRate } from "./dropout.ts";
import type { LayerOptions } from "./layer.ts";

export interface SpatialDropoutConfig {
  readonly rate: number;
}

const spatialDropout2dDefinition = defineLayer<SpatialDropoutConfig>({
  kind: "SpatialDropout2D",
  drawsInTraining: ({ rate }) => rate !== 0,
  call: ({ g, context, inputs, config }) => {
    const x = inputs[0]!;
    const [batch, channels, ...size] = x.type.shape;
    if (size.length !== 2) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `${context.path}: expected input [batch, height, width, channels], got ${showShape(x.type.shape)}.`,
      );
    }
    if (context.mode === "infer" || config.rate === 0) return x;
    const mask = context.dropoutMask([batch!, channels!, 1, 1], config.rate);
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
  options: LayerOptions & SpatialDropoutConfig,
): DefinedLayer<SpatialDropoutConfig> {
  const rate = checkDropoutRate("spatialDropout2d", options.rate);
  return new DefinedLayer(spatialDropout2dDefinition, { rate }, options);
}
