import { type Initializer, type InitializerIdentifier, resolveInitializer } from "./initializers.ts";
import type { EngineLayout, ParameterSpec } from "./parameter.ts";
import { type Regularizer, type RegularizerIdentifier, resolveRegularizer } from "./regularizers.ts";

/** What layers with a kernel and a bias have in common. */
export interface WeightConfig {
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | null;
  readonly biasRegularizer: Regularizer | null;
}

export interface WeightOptions {
  /** Default true. */
  readonly useBias?: boolean;
  /** Default "glorotUniform". */
  readonly kernelInitializer?: InitializerIdentifier;
  /** Default "zeros". */
  readonly biasInitializer?: InitializerIdentifier;
  readonly kernelRegularizer?: RegularizerIdentifier | null;
  readonly biasRegularizer?: RegularizerIdentifier | null;
}

/** The options with Keras's defaults filled in. */
export function weightConfig(options: WeightOptions): WeightConfig {
  const regularizer = (identifier: RegularizerIdentifier | null | undefined) =>
    identifier === null || identifier === undefined ? null : resolveRegularizer(identifier);
  return {
    useBias: options.useBias ?? true,
    kernelInitializer: resolveInitializer(options.kernelInitializer ?? "glorotUniform"),
    biasInitializer: resolveInitializer(options.biasInitializer ?? "zeros"),
    kernelRegularizer: regularizer(options.kernelRegularizer),
    biasRegularizer: regularizer(options.biasRegularizer),
  };
}

export function kernelSpec(
  name: string,
  shape: readonly number[],
  config: WeightConfig,
  engine?: EngineLayout,
): ParameterSpec {
  return {
    name,
    shape,
    initializer: config.kernelInitializer,
    ...(config.kernelRegularizer === null ? {} : { regularizer: config.kernelRegularizer }),
    ...(engine === undefined ? {} : { engine }),
  };
}

/** The bias, or nothing. */
export function biasSpec(size: number, config: WeightConfig): readonly ParameterSpec[] {
  if (!config.useBias) return [];
  const regularizer = config.biasRegularizer === null ? {} : { regularizer: config.biasRegularizer };
  return [{ name: "bias", shape: [size], initializer: config.biasInitializer, ...regularizer }];
}
