import { checkCount } from "./arguments.ts";
import {
  type ConvolutionConfig,
  type ConvolutionOptions,
  channelsOf,
  convolutionConfig,
  convolve,
} from "./convolution.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { knownSize } from "./layout.ts";
import { biasSpec, kernelSpec, type WeightConfig, type WeightOptions, weightConfig } from "./weightConfig.ts";

export interface DepthwiseConv2dConfig extends ConvolutionConfig, WeightConfig {
  readonly depthMultiplier: number;
}

export interface DepthwiseConv2dOptions extends LayerOptions, ConvolutionOptions, WeightOptions {
  /** Output channels for each input channel. Default 1. */
  readonly depthMultiplier?: number;
}

const depthwiseConv2dDefinition = defineLayer<DepthwiseConv2dConfig>({
  kind: "DepthwiseConv2D",
  parameters: ([x], config) => {
    const channels = channelsOf("depthwiseConv2d", x);
    const { depthMultiplier: multiplier } = config;
    const [height, width] = config.kernelSize;
    const outputs = channels * multiplier;
    const engine = { permutation: [2, 3, 0, 1], shape: [outputs, 1, height, width] };
    return [
      kernelSpec("kernel", [height, width, channels, multiplier], config, engine),
      ...biasSpec(outputs, config),
    ];
  },
  call: ({ g, inputs, parameters, config }) => {
    const groups = knownSize(inputs[0]!.type.shape, 1);
    const weights = { kernel: parameters["kernel"]!, bias: parameters["bias"] };
    return convolve(g, inputs[0]!, weights, { ...config, groups });
  },
});

/**
 * A convolution of each channel by itself. Input [batch, height, width, channels], output
 * [batch, height', width', channels · depthMultiplier]; kernel [height, width, channels, depthMultiplier].
 */
export function depthwiseConv2D(options: DepthwiseConv2dOptions): DefinedLayer<DepthwiseConv2dConfig> {
  const config: DepthwiseConv2dConfig = {
    ...convolutionConfig("depthwiseConv2d", options),
    ...weightConfig(options),
    depthMultiplier: checkCount("depthwiseConv2d: depthMultiplier", options.depthMultiplier ?? 1),
  };
  return new DefinedLayer(depthwiseConv2dDefinition, config, options);
}
