import { checkCount } from "./arguments.ts";
import type { Constraint, ConstraintIdentifier } from "./constraints.ts";
import {
  type ConvolutionConfig,
  type ConvolutionOptions,
  channelsOf,
  convolutionConfig,
  convolve,
} from "./convolution.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import { type Initializer, type InitializerIdentifier, resolveInitializer } from "./initializers.ts";
import type { LayerOptions } from "./layer.ts";
import { knownSize } from "./layout.ts";
import type { Regularizer, RegularizerIdentifier } from "./regularizers.ts";
import {
  type BiasConfig,
  biasSpec,
  constraintOrNone,
  regularizerOrNone,
  type WeightOptions,
  weightConfig,
  weightSpec,
} from "./weightConfig.ts";

export interface SeparableConv2dConfig extends ConvolutionConfig, BiasConfig {
  readonly filters: number;
  readonly depthMultiplier: number;
  readonly depthwiseInitializer: Initializer;
  readonly pointwiseInitializer: Initializer;
  readonly depthwiseRegularizer: Regularizer | null;
  readonly pointwiseRegularizer: Regularizer | null;
  readonly depthwiseConstraint: Constraint | null;
  readonly pointwiseConstraint: Constraint | null;
}

export interface SeparableConv2dOptions
  extends LayerOptions,
    ConvolutionOptions,
    Pick<WeightOptions, keyof BiasConfig> {
  /** Number of output channels. */
  readonly filters: number;
  /** Channels between the two steps for each input channel. Default 1. */
  readonly depthMultiplier?: number;
  /** Default "glorotUniform". */
  readonly depthwiseInitializer?: InitializerIdentifier;
  /** Default "glorotUniform". */
  readonly pointwiseInitializer?: InitializerIdentifier;
  readonly depthwiseRegularizer?: RegularizerIdentifier | null;
  readonly pointwiseRegularizer?: RegularizerIdentifier | null;
  readonly depthwiseConstraint?: ConstraintIdentifier | null;
  readonly pointwiseConstraint?: ConstraintIdentifier | null;
}

const separableConv2dDefinition = defineLayer<SeparableConv2dConfig>({
  kind: "SeparableConv2D",
  parameters: ([x], config) => {
    const channels = channelsOf("separableConv2d", x);
    const { filters, depthMultiplier: multiplier } = config;
    const [height, width] = config.kernelSize;
    const between = channels * multiplier;
    const depthwise = { permutation: [2, 3, 0, 1], shape: [between, 1, height, width] };
    const pointwise = { permutation: [3, 2, 0, 1], shape: [filters, between, 1, 1] };
    return [
      weightSpec(
        "depthwise_kernel",
        [height, width, channels, multiplier],
        rules(config, "depthwise"),
        depthwise,
      ),
      weightSpec("pointwise_kernel", [1, 1, between, filters], rules(config, "pointwise"), pointwise),
      ...biasSpec(filters, config),
    ];
  },
  call: ({ g, inputs, parameters, config }) => {
    const groups = knownSize(inputs[0]!.type.shape, 1);
    const depthwise = { kernel: parameters["depthwise_kernel"]!, bias: undefined };
    const between = convolve(g, inputs[0]!, depthwise, { ...config, groups, activation: "linear" });
    const pointwise = { kernel: parameters["pointwise_kernel"]!, bias: parameters["bias"] };
    return convolve(g, between, pointwise, { ...config, ...onePixel, groups: 1 });
  },
});

const onePixel = { kernelSize: [1, 1], strides: [1, 1], dilationRate: [1, 1] } as const;

function rules(config: SeparableConv2dConfig, step: "depthwise" | "pointwise") {
  return {
    initializer: config[`${step}Initializer`],
    regularizer: config[`${step}Regularizer`],
    constraint: config[`${step}Constraint`],
  };
}

/**
 * A convolution of each channel by itself, then one of single pixels over all channels (Chollet 2017). Input [batch, height,
 * width, channels], output [batch, height', width', filters]; depthwise_kernel [height, width, channels, depthMultiplier],
 * pointwise_kernel [1, 1, channels · depthMultiplier, filters], bias [filters].
 */
export function separableConv2D(options: SeparableConv2dOptions): DefinedLayer<SeparableConv2dConfig> {
  const { useBias, biasInitializer, biasRegularizer, biasConstraint } = weightConfig(options);
  const config: SeparableConv2dConfig = {
    ...convolutionConfig("separableConv2d", options),
    filters: checkCount("separableConv2d: filters", options.filters),
    depthMultiplier: checkCount("separableConv2d: depthMultiplier", options.depthMultiplier ?? 1),
    depthwiseInitializer: resolveInitializer(options.depthwiseInitializer ?? "glorotUniform"),
    pointwiseInitializer: resolveInitializer(options.pointwiseInitializer ?? "glorotUniform"),
    depthwiseRegularizer: regularizerOrNone(options.depthwiseRegularizer),
    pointwiseRegularizer: regularizerOrNone(options.pointwiseRegularizer),
    depthwiseConstraint: constraintOrNone(options.depthwiseConstraint),
    pointwiseConstraint: constraintOrNone(options.pointwiseConstraint),
    useBias,
    biasInitializer,
    biasRegularizer,
    biasConstraint,
  };
  return new DefinedLayer(separableConv2dDefinition, config, options);
}
