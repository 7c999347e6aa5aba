import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface DropoutConfig {
  readonly rate: number;
}

const dropoutDefinition = defineLayer<DropoutConfig>({
  kind: "Dropout",
  call: ({ g, context, inputs, config }) => {
    const x = inputs[0]!;
    if (context.mode === "infer" || config.rate === 0) return x;
    return g.apply(operators.mul, [x, context.dropoutMask(x.type.shape, config.rate)], {});
  },
});

/**
 * In training sets each element to 0 with probability `rate` and scales the others by 1 / (1 - rate); else the identity.
 * `trainable = false` has no effect on it, as in Keras.
 *
 * @throws PermafrostError INVALID_ARGUMENT unless 0 <= rate < 1.
 */
export function dropout(options: LayerOptions & { readonly rate: number }): DefinedLayer<DropoutConfig> {
  if (!(options.rate >= 0 && options.rate < 1)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `dropout: expected a rate from 0 up to but not including 1, got ${options.rate}.`,
    );
  }
  return new DefinedLayer(dropoutDefinition, { rate: options.rate }, options);
}
