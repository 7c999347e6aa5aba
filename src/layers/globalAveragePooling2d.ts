import { operators } from "../ops/index.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface GlobalPoolingConfig {
  readonly keepdims: boolean;
}

const globalAveragePooling2dDefinition = defineLayer<GlobalPoolingConfig>({
  kind: "GlobalAveragePooling2D",
  call: ({ g, inputs, config }) => {
    const mean = g.apply(operators.globalAveragePool2d, [inputs[0]!], {});
    if (config.keepdims) return mean;
    return g.apply(operators.reshape, [mean], { shape: ["batch", mean.type.shape[1]!] });
  },
});

/**
 * The mean of each channel. Input [batch, height, width, channels], output [batch, channels],
 * or [batch, 1, 1, channels] with `keepdims`.
 */
export function globalAveragePooling2D(
  options: LayerOptions & Partial<GlobalPoolingConfig> = {},
): DefinedLayer<GlobalPoolingConfig> {
  return new DefinedLayer(globalAveragePooling2dDefinition, { keepdims: options.keepdims ?? false }, options);
}
