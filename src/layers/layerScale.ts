import { operators } from "../ops/index.ts";
import { checkCount } from "./arguments.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { alongAxes } from "./layout.ts";

export interface LayerScaleConfig {
  /** What every factor begins with. */
  readonly initValues: number;
  /** Number of channels. */
  readonly projectionDim: number;
}

const layerScaleDefinition = defineLayer<LayerScaleConfig>({
  kind: "LayerScale",
  parameters: ([x], { initValues }) => [
    { name: "gamma", ...alongAxes(x!, [-1]), initializer: { kind: "constant", value: initValues } },
  ],
  call: ({ g, inputs, parameters }) => g.apply(operators.mul, [inputs[0]!, parameters["gamma"]!], {}),
});

/**
 * x · gamma, a trained factor for each channel (Touvron et al. 2021), as Keras's ConvNeXt has it behind each block. Output: the input's
 * shape; gamma [projectionDim].
 */
export function layerScale(options: LayerOptions & LayerScaleConfig): DefinedLayer<LayerScaleConfig> {
  const { initValues } = options;
  const projectionDim = checkCount("layerScale: projectionDim", options.projectionDim);
  return new DefinedLayer(layerScaleDefinition, { initValues, projectionDim }, options);
}
