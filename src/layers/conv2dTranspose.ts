import { PermafrostError } from "../base/errors.ts";
import type { Value } from "../graph/graph.ts";
import type { Conv2dInputGradientAttributes } from "../ops/convolutionGradient.ts";
import { operators } from "../ops/index.ts";
import { activations } from "./activations.ts";
import { checkCount, type Pair } from "./arguments.ts";
import {
  addBias,
  type ConvolutionConfig,
  type ConvolutionOptions,
  channelsOf,
  convolutionConfig,
  margins,
} from "./convolution.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { knownSize } from "./layout.ts";
import { biasSpec, kernelSpec, type WeightConfig, type WeightOptions, weightConfig } from "./weightConfig.ts";

export interface Conv2dTransposeConfig extends ConvolutionConfig, WeightConfig {
  readonly filters: number;
  readonly outputPadding: readonly [number, number] | null;
}

export interface Conv2dTransposeOptions extends LayerOptions, ConvolutionOptions, WeightOptions {
  /** Number of output channels. */
  readonly filters: number;
  /**
   * Rows and columns added to the smallest output, fewer than the strides. Default (also null): "same" gives
   * height · stride, "valid" at least as much.
   */
  readonly outputPadding?: Pair | null;
}

const conv2dTransposeDefinition = defineLayer<Conv2dTransposeConfig>({
  kind: "Conv2DTranspose",
  parameters: ([x], config) => {
    const channels = channelsOf("conv2dTranspose", x);
    const { filters } = config;
    const [height, width] = config.kernelSize;
    const engine = { permutation: [3, 2, 0, 1], shape: [channels, filters, height, width] };
    return [
      kernelSpec("kernel", [height, width, filters, channels], config, engine),
      ...biasSpec(filters, config),
    ];
  },
  call: ({ g, inputs, parameters, config }) => {
    const [x] = inputs;
    const result = g.apply(
      operators.conv2dInputGradient,
      [x!, parameters["kernel"]!],
      transposedWindow(x!, config),
    );
    return activations[config.activation](g, addBias(g, result, parameters["bias"]));
  },
});

/** The convolution whose gradient this is: from the output's size to the input's. */
function transposedWindow(x: Value, config: Conv2dTransposeConfig): Conv2dInputGradientAttributes {
  const [height, width] = [outputSize(x, config, 0), outputSize(x, config, 1)];
  const along = (size: number, axis: 0 | 1) =>
    margins(size, config.kernelSize[axis], config.strides[axis], config.dilationRate[axis], config);
  const [top, bottom] = along(height, 0);
  const [left, right] = along(width, 1);
  return {
    strides: config.strides,
    pads: [top, left, bottom, right],
    dilations: config.dilationRate,
    inputSize: [height, width],
  };
}

/** Rows or columns of the output, as Keras has it. */
function outputSize(x: Value, config: Conv2dTransposeConfig, axis: 0 | 1): number {
  const size = knownSize(x.type.shape, axis + 2);
  const stride = config.strides[axis];
  const reach = (config.kernelSize[axis] - 1) * config.dilationRate[axis] + 1;
  const extra = config.outputPadding?.[axis];
  if (config.padding === "same")
    return extra === undefined ? size * stride : (size - 1) * stride + (reach % 2) + extra;
  return (size - 1) * stride + reach + (extra ?? Math.max(stride - reach, 0));
}

function checkOutputPadding(
  padding: Pair | null | undefined,
  strides: readonly [number, number],
): readonly [number, number] | null {
  if (padding === null || padding === undefined) return null;
  const pair: readonly [number, number] = typeof padding === "number" ? [padding, padding] : padding;
  if (pair.every((value, axis) => Number.isInteger(value) && value >= 0 && value < strides[axis]!))
    return pair;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `conv2dTranspose: expected outputPadding of whole numbers from 0 to below the strides [${strides.join(", ")}], got [${pair.join(", ")}].`,
  );
}

/**
 * Transposed convolution, as decoders enlarge pictures with it: the gradient of a convolution by its input. Input
 * [batch, height, width, channels], output [batch, height', width', filters]; kernel [height, width, filters, channels], bias
 * [filters]. With stride s and padding "same" height' is s · height.
 */
export function conv2DTranspose(options: Conv2dTransposeOptions): DefinedLayer<Conv2dTransposeConfig> {
  const convolution = convolutionConfig("conv2dTranspose", options);
  const config: Conv2dTransposeConfig = {
    ...convolution,
    ...weightConfig(options),
    filters: checkCount("conv2dTranspose: filters", options.filters),
    outputPadding: checkOutputPadding(options.outputPadding, convolution.strides),
  };
  return new DefinedLayer(conv2dTransposeDefinition, config, options);
}
