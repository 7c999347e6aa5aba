import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { type Shape, showShape } from "../tensor/shape.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { toEngineShape, toUserShape } from "./layout.ts";

export interface DropoutConfig {
  readonly rate: number;
  /** One size for each axis of the input, the batch included: 1 drops along the whole axis together, null is the axis's own size. */
  readonly noiseShape: readonly (number | null)[] | null;
  /** Left out or null: masks follow from the seed of `fit` and the layer's place. Given: from this number alone. */
  readonly seed: number | null;
}

const dropoutDefinition = defineLayer<DropoutConfig>({
  kind: "Dropout",
  drawsInTraining: ({ rate }) => rate !== 0,
  call: ({ g, context, inputs, config }) => {
    const x = inputs[0]!;
    if (context.mode === "infer" || config.rate === 0) return x;
    const shape = maskShape(context.path, toUserShape(x.type.shape), config.noiseShape);
    return g.apply(
      operators.mul,
      [x, context.dropoutMask(toEngineShape(shape), config.rate, config.seed)],
      {},
    );
  },
});

function maskShape(path: string, shape: Shape, noiseShape: DropoutConfig["noiseShape"]): Shape {
  if (noiseShape === null) return shape;
  const mask = shape.map((size, axis) => noiseShape[axis] ?? size);
  const fits =
    mask.length === noiseShape.length && mask.every((size, axis) => size === 1 || size === shape[axis]);
  if (fits) return mask;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${path}: noiseShape [${noiseShape.map((size) => size ?? "null").join(", ")}] does not fit input ${showShape(shape)}: expected 1, null or the input's size for each axis, the batch included.`,
  );
}

/** @throws PermafrostError INVALID_ARGUMENT unless 0 <= rate < 1. */
export function checkDropoutRate(what: string, rate: number): number {
  if (rate >= 0 && rate < 1) return rate;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: expected a rate from 0 up to but not including 1, got ${rate}.`,
  );
}

/** @throws PermafrostError INVALID_ARGUMENT unless it is a whole number of 0 or more, or none. */
export function checkSeed(what: string, seed: number | null | undefined): number | null {
  if (seed === undefined || seed === null) return null;
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: seed: expected a whole number of 0 or more, got ${seed}.`,
  );
}

/**
 * In training sets each element to 0 with probability `rate` and scales the others by 1 / (1 - rate); else the identity.
 * `trainable = false` has no effect on it, as in Keras.
 *
 * @param options - `seed`: two layers of one seed and shape drop the same elements, in every run. `noiseShape`: [null, 1, 1, null] drops whole channels, [null, 1, 1, 1] whole samples. Default: each
 *   element for itself.
 * @throws PermafrostError INVALID_ARGUMENT unless 0 <= rate < 1.
 */
export function dropout(
  options: LayerOptions & Pick<DropoutConfig, "rate"> & Partial<DropoutConfig>,
): DefinedLayer<DropoutConfig> {
  const config: DropoutConfig = {
    rate: checkDropoutRate("dropout", options.rate),
    noiseShape: options.noiseShape ?? null,
    seed: checkSeed("dropout", options.seed),
  };
  return new DefinedLayer(dropoutDefinition, config, options);
}
