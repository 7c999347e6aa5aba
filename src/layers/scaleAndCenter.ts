import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Constraint, ConstraintIdentifier } from "./constraints.ts";
import { type Initializer, type InitializerIdentifier, resolveInitializer } from "./initializers.ts";
import { alongAxes } from "./layout.ts";
import type { ParameterSpec } from "./parameter.ts";
import type { Regularizer, RegularizerIdentifier } from "./regularizers.ts";
import { constraintOrNone, regularizerOrNone, weightSpec } from "./weightConfig.ts";

/** What normalizations have in common behind the normalizing itself: a factor gamma and an offset beta, both trained. */
export interface ScaleConfig {
  readonly center: boolean;
  readonly scale: boolean;
  readonly betaInitializer: Initializer;
  readonly gammaInitializer: Initializer;
  readonly betaRegularizer: Regularizer | null;
  readonly gammaRegularizer: Regularizer | null;
  readonly betaConstraint: Constraint | null;
  readonly gammaConstraint: Constraint | null;
}

export interface ScaleOptions {
  /** Add beta. Default true. */
  readonly center?: boolean;
  /** Multiply by gamma. Default true. */
  readonly scale?: boolean;
  /** Default "zeros". */
  readonly betaInitializer?: InitializerIdentifier;
  /** Default "ones". */
  readonly gammaInitializer?: InitializerIdentifier;
  readonly betaRegularizer?: RegularizerIdentifier | null;
  readonly gammaRegularizer?: RegularizerIdentifier | null;
  readonly betaConstraint?: ConstraintIdentifier | null;
  readonly gammaConstraint?: ConstraintIdentifier | null;
}

/** The options with Keras's defaults filled in. */
export function scaleConfig(options: ScaleOptions): ScaleConfig {
  return {
    center: options.center ?? true,
    scale: options.scale ?? true,
    betaInitializer: resolveInitializer(options.betaInitializer ?? "zeros"),
    gammaInitializer: resolveInitializer(options.gammaInitializer ?? "ones"),
    betaRegularizer: regularizerOrNone(options.betaRegularizer),
    gammaRegularizer: regularizerOrNone(options.gammaRegularizer),
    betaConstraint: constraintOrNone(options.betaConstraint),
    gammaConstraint: constraintOrNone(options.gammaConstraint),
  };
}

/** gamma and beta, one value for each place along some of the user's axes of x; the engine holds them ready to stretch. */
export function scaleSpecs(x: Shape, axes: readonly number[], config: ScaleConfig): readonly ParameterSpec[] {
  const { shape, engine } = alongAxes(x, axes);
  const gamma = {
    initializer: config.gammaInitializer,
    regularizer: config.gammaRegularizer,
    constraint: config.gammaConstraint,
  };
  const beta = {
    initializer: config.betaInitializer,
    regularizer: config.betaRegularizer,
    constraint: config.betaConstraint,
  };
  return [
    ...(config.scale ? [weightSpec("gamma", shape, gamma, engine)] : []),
    ...(config.center ? [weightSpec("beta", shape, beta, engine)] : []),
  ];
}

/** x · gamma + beta; one that there is not is left out. */
export function scaleAndCenter(
  g: GraphBuilder,
  x: Value,
  { gamma, beta }: Readonly<Record<string, Value>>,
): Value {
  const scaled = gamma === undefined ? x : g.apply(operators.mul, [x, gamma], {});
  return beta === undefined ? scaled : g.apply(operators.add, [scaled, beta], {});
}
