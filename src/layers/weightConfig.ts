import { type Constraint, type ConstraintIdentifier, resolveConstraint } from "./constraints.ts";
import { type Initializer, type InitializerIdentifier, resolveInitializer } from "./initializers.ts";
import type { EngineLayout, ParameterSpec } from "./parameter.ts";
import { type Regularizer, type RegularizerIdentifier, resolveRegularizer } from "./regularizers.ts";

/** What layers with a bias have in common. */
export interface BiasConfig {
  readonly useBias: boolean;
  readonly biasInitializer: Initializer;
  readonly biasRegularizer: Regularizer | null;
  readonly biasConstraint: Constraint | null;
}

/** What layers with a kernel and a bias have in common. */
export interface WeightConfig extends BiasConfig {
  readonly kernelInitializer: Initializer;
  readonly kernelRegularizer: Regularizer | null;
  readonly kernelConstraint: Constraint | null;
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
  readonly kernelConstraint?: ConstraintIdentifier | null;
  readonly biasConstraint?: ConstraintIdentifier | null;
}

/** The options with Keras's defaults filled in. */
export function weightConfig(options: WeightOptions): WeightConfig {
  return {
    useBias: options.useBias ?? true,
    kernelInitializer: resolveInitializer(options.kernelInitializer ?? "glorotUniform"),
    biasInitializer: resolveInitializer(options.biasInitializer ?? "zeros"),
    kernelRegularizer: regularizerOrNone(options.kernelRegularizer),
    biasRegularizer: regularizerOrNone(options.biasRegularizer),
    kernelConstraint: constraintOrNone(options.kernelConstraint),
    biasConstraint: constraintOrNone(options.biasConstraint),
  };
}

export function regularizerOrNone(identifier: RegularizerIdentifier | null | undefined): Regularizer | null {
  return identifier === null || identifier === undefined ? null : resolveRegularizer(identifier);
}

export function constraintOrNone(identifier: ConstraintIdentifier | null | undefined): Constraint | null {
  return identifier === null || identifier === undefined ? null : resolveConstraint(identifier);
}

/** How one weight starts, what it costs and what it is held to. */
interface WeightRules {
  readonly initializer: Initializer;
  readonly regularizer: Regularizer | null;
  readonly constraint: Constraint | null;
}

/** A weight that is trained. @param engine - Left out: the engine holds it as Keras does. */
export function weightSpec(
  name: string,
  shape: readonly number[],
  { initializer, regularizer, constraint }: WeightRules,
  engine?: EngineLayout,
): ParameterSpec {
  return {
    name,
    shape,
    initializer,
    ...(regularizer === null ? {} : { regularizer }),
    ...(constraint === null ? {} : { constraint }),
    ...(engine === undefined ? {} : { engine }),
  };
}

export function kernelSpec(
  name: string,
  shape: readonly number[],
  config: WeightConfig,
  engine?: EngineLayout,
): ParameterSpec {
  const rules: WeightRules = {
    initializer: config.kernelInitializer,
    regularizer: config.kernelRegularizer,
    constraint: config.kernelConstraint,
  };
  return weightSpec(name, shape, rules, engine);
}

/** The bias, or nothing. */
export function biasSpec(size: number, config: BiasConfig): readonly ParameterSpec[] {
  if (!config.useBias) return [];
  const rules: WeightRules = {
    initializer: config.biasInitializer,
    regularizer: config.biasRegularizer,
    constraint: config.biasConstraint,
  };
  return [weightSpec("bias", [size], rules)];
}
