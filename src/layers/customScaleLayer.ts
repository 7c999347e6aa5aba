import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { checkInputs } from "./merge.ts";

export interface CustomScaleLayerConfig {
  /** What the second input is multiplied by. */
  readonly scale: number;
}

const customScaleLayerDefinition = defineLayer<CustomScaleLayerConfig>({
  kind: "CustomScaleLayer",
  call: ({ g, context, inputs, config }) => {
    checkInputs(context.path, inputs);
    const scaled = g.apply(operators.mul, [inputs[1]!, g.constant(scalar(config.scale), "scale")], {});
    return g.apply(operators.add, [inputs[0]!, scaled], {});
  },
});

/** a + b · scale of its two inputs, which have one shape: the shortcut of Keras's InceptionResNetV2. */
export function customScaleLayer(
  options: LayerOptions & CustomScaleLayerConfig,
): DefinedLayer<CustomScaleLayerConfig> {
  return new DefinedLayer(customScaleLayerDefinition, { scale: options.scale }, options);
}
