import { PermafrostError } from "../base/errors.ts";
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
import { biasSpec, kernelSpec, type WeightConfig, type WeightOptions, weightConfig } from "./weightConfig.ts";

export interface Conv2dConfig extends ConvolutionConfig, WeightConfig {
  readonly filters: number;
  readonly groups: number;
}

export interface Conv2dOptions extends LayerOptions, ConvolutionOptions, WeightOptions {
  /** Number of output channels. */
  readonly filters: number;
  /** Default 1. */
  readonly groups?: number;
}

const conv2dDefinition = defineLayer<Conv2dConfig>({
  kind: "Conv2D",
  parameters: ([x], config) => {
    const channels = channelsOf("conv2d", x);
    const { filters, groups } = config;
    if (channels % groups !== 0 || filters % groups !== 0) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `conv2d: ${channels} input channels and ${filters} filters cannot be divided into ${groups} groups.`,
      );
    }
    const [height, width] = config.kernelSize;
    const inputs = channels / groups;
    const engine = { permutation: [3, 2, 0, 1], shape: [filters, inputs, height, width] };
    return [
      kernelSpec("kernel", [height, width, inputs, filters], config, engine),
      ...biasSpec(filters, config),
    ];
  },
  call: ({ g, inputs, parameters, config }) =>
    convolve(g, inputs[0]!, { kernel: parameters["kernel"]!, bias: parameters["bias"] }, config),
});

/**
 * Convolution (cross-correlation, as everywhere in this field). Input [batch, height, width, channels], output
 * [batch, height', width', filters]; kernel [height, width, channels / groups, filters], bias [filters].
 */
export function conv2d(options: Conv2dOptions): DefinedLayer<Conv2dConfig> {
  const config: Conv2dConfig = {
    ...convolutionConfig("conv2d", options),
    ...weightConfig(options),
    filters: checkCount("conv2d: filters", options.filters),
    groups: checkCount("conv2d: groups", options.groups ?? 1),
  };
  return new DefinedLayer(conv2dDefinition, config, options);
}
