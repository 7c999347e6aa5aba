import { operators } from "../ops/index.ts";
import type { DefinedLayer } from "./definition.ts";
import { type GlobalPoolingConfig, type GlobalPoolingOptions, globalPoolingLayer } from "./globalPooling.ts";

const make = globalPoolingLayer("GlobalMaxPooling2D", (g, x) =>
  g.apply(operators.reduceMax, [x], { axes: [2, 3], keepDims: true }),
);

/**
 * The largest element of each channel; equal ones share the gradient, as in Keras. Input [batch, height, width, channels],
 * output [batch, channels], or [batch, 1, 1, channels] with `keepdims`.
 */
export function globalMaxPooling2D(options: GlobalPoolingOptions = {}): DefinedLayer<GlobalPoolingConfig> {
  return make(options);
}
