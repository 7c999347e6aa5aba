import { operators } from "../ops/index.ts";
import type { DefinedLayer } from "./definition.ts";
import { type PoolingConfig, type PoolingOptions, poolingLayer } from "./pooling.ts";

const make = poolingLayer("MaxPooling2D", (g, x, attributes) =>
  g.apply(operators.maxPool2d, [x], attributes),
);

/** The largest element under each window. Input [batch, height, width, channels], output [batch, height', width', channels]. */
export function maxPooling2D(options: PoolingOptions = {}): DefinedLayer<PoolingConfig> {
  return make(options);
}
