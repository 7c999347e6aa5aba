import { operators } from "../ops/index.ts";
import type { DefinedLayer } from "./definition.ts";
import { type PoolingConfig, type PoolingOptions, poolingLayer } from "./pooling.ts";

const make = poolingLayer("AveragePooling2D", (g, x, attributes) =>
  g.apply(operators.averagePool2d, [x], attributes),
);

/** The mean under each window, padding not counted. Input [batch, height, width, channels], output [batch, height', width', channels]. */
export function averagePooling2D(options: PoolingOptions = {}): DefinedLayer<PoolingConfig> {
  return make(options);
}
