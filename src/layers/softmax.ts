import { operators } from "../ops/index.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { engineAxis } from "./layout.ts";

export interface SoftmaxConfig {
  /** The user's axis along which the values share a sum of 1. */
  readonly axis: number;
}

const softmaxDefinition = defineLayer<SoftmaxConfig>({
  kind: "Softmax",
  call: ({ g, inputs, config }) => {
    const [x] = inputs;
    return g.apply(operators.softmax, [x!], { axis: engineAxis(config.axis, x!.type.shape.length) });
  },
});

/** e^x over the sum of e^x along an axis (default -1, the channels). Output: the input's shape. */
export function softmax(options: LayerOptions & Partial<SoftmaxConfig> = {}): DefinedLayer<SoftmaxConfig> {
  return new DefinedLayer(softmaxDefinition, { axis: options.axis ?? -1 }, options);
}
