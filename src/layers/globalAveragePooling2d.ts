import { operators } from "../ops/index.ts";
import type { DefinedLayer } from "./definition.ts";
import { type GlobalPoolingConfig, type GlobalPoolingOptions, globalPoolingLayer } from "./globalPooling.ts";

const make = globalPoolingLayer("GlobalAveragePooling2D", (g, x) =>
  g.apply(operators.globalAveragePool2d, [x], {}),
);

/**
 * The mean of each channel. Input [batch, height, width, channels], output [batch, channels],
 * or [batch, 1, 1, channels] with `keepdims`.
 */
export function globalAveragePooling2D(
  options: GlobalPoolingOptions = {},
): DefinedLayer<GlobalPoolingConfig> {
  return make(options);
}
