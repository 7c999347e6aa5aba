import { operators } from "../ops/index.ts";
import { elementsPerSample } from "../tensor/shape.ts";
import { toChannelsLast } from "./channels.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

const flattenDefinition = defineLayer<Readonly<Record<never, never>>>({
  kind: "Flatten",
  call: ({ g, inputs }) => {
    const x = toChannelsLast(g, inputs[0]!);
    return g.apply(operators.reshape, [x], { shape: ["batch", elementsPerSample(x.type.shape)] });
  },
});

/** One row a sample, in the order height, width, channels (Keras's). Input [batch, ...], output [batch, features]. */
export function flatten(options: LayerOptions = {}): DefinedLayer<Readonly<Record<never, never>>> {
  return new DefinedLayer(flattenDefinition, {}, options);
}
