import { operators } from "../ops/index.ts";
import type { Interpolation } from "../ops/resampling.ts";
import { checkInterpolation, checkPair, type Pair } from "./arguments.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { pictureSize } from "./layout.ts";

export interface UpSamplingConfig {
  /** How many times more rows and columns. */
  readonly size: readonly [number, number];
  readonly interpolation: Interpolation;
}

export interface UpSamplingOptions extends LayerOptions {
  /** Default 2. */
  readonly size?: Pair;
  /** Default "nearest": each pixel is repeated. */
  readonly interpolation?: Interpolation;
}

const upSampling2dDefinition = defineLayer<UpSamplingConfig>({
  kind: "UpSampling2D",
  call: ({ g, context, inputs, config }) => {
    const [x] = inputs;
    const [height, width] = pictureSize(context.path, x!.type.shape);
    const [rows, columns] = config.size;
    return g.apply(operators.resize2d, [x!], {
      size: [height * rows, width * columns],
      interpolation: config.interpolation,
      antialias: false,
    });
  },
});

/**
 * Enlarges pictures by whole factors. Input [batch, height, width, channels], output [batch, height · size[0],
 * width · size[1], channels]. "bilinear", "bicubic", "lanczos3" and "lanczos5" compute what `resizing` does.
 */
export function upSampling2D(options: UpSamplingOptions = {}): DefinedLayer<UpSamplingConfig> {
  const config: UpSamplingConfig = {
    size: checkPair("upSampling2d: size", options.size ?? 2),
    interpolation: checkInterpolation("upSampling2d", options.interpolation ?? "nearest"),
  };
  return new DefinedLayer(upSampling2dDefinition, config, options);
}
