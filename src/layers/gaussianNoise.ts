import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import { checkSeed } from "./dropout.ts";
import type { LayerOptions } from "./layer.ts";

export interface GaussianNoiseConfig {
  readonly stddev: number;
  /** Left out or null: numbers follow from the seed of `fit` and the layer's place. Given: from this number alone. */
  readonly seed: number | null;
}

const gaussianNoiseDefinition = defineLayer<GaussianNoiseConfig>({
  kind: "GaussianNoise",
  drawsInTraining: ({ stddev }) => stddev !== 0,
  call: ({ g, context, inputs, config }) => {
    const x = inputs[0]!;
    if (context.mode === "infer" || config.stddev === 0) return x;
    return g.apply(operators.add, [x, context.normalNoise(x.type.shape, config.stddev, config.seed)], {});
  },
});

/**
 * In training adds normal numbers of mean 0 and deviation `stddev` to each element, else the identity. Output: the
 * input's shape. The numbers depend on seed, layer and step alone; with a `seed` of the layer's own, on that and the step.
 *
 * @throws PermafrostError INVALID_ARGUMENT unless 0 <= stddev <= 1 (Keras's bounds).
 */
export function gaussianNoise(
  options: LayerOptions & Pick<GaussianNoiseConfig, "stddev"> & Partial<GaussianNoiseConfig>,
): DefinedLayer<GaussianNoiseConfig> {
  const { stddev } = options;
  if (!(stddev >= 0 && stddev <= 1)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `gaussianNoise: expected a stddev from 0 to 1, got ${stddev}.`,
    );
  }
  const seed = checkSeed("gaussianNoise", options.seed);
  return new DefinedLayer(gaussianNoiseDefinition, { stddev, seed }, options);
}
