import { operators } from "../ops/index.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import type { Constraint, ConstraintIdentifier } from "./constraints.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import { type Initializer, type InitializerIdentifier, resolveInitializer } from "./initializers.ts";
import type { LayerOptions } from "./layer.ts";
import { alongAxes } from "./layout.ts";
import type { Regularizer, RegularizerIdentifier } from "./regularizers.ts";
import { constraintOrNone, regularizerOrNone, weightSpec } from "./weightConfig.ts";

export interface PReluConfig {
  readonly alphaInitializer: Initializer;
  readonly alphaRegularizer: Regularizer | null;
  readonly alphaConstraint: Constraint | null;
  /** The user's axes along which one slope holds; null: none. */
  readonly sharedAxes: readonly number[] | null;
}

export interface PReluOptions extends LayerOptions {
  /** Default "zeros". */
  readonly alphaInitializer?: InitializerIdentifier;
  readonly alphaRegularizer?: RegularizerIdentifier | null;
  readonly alphaConstraint?: ConstraintIdentifier | null;
  /** [1, 2] gives each channel of a picture one slope. Default none: one for each element of a sample. */
  readonly sharedAxes?: readonly number[] | null;
}

const preluDefinition = defineLayer<PReluConfig>({
  kind: "PReLU",
  parameters: ([x], config) => {
    const rank = x?.length ?? 0;
    const shared = (config.sharedAxes ?? []).map((axis) => normalizeAxis(axis, rank));
    const single = (x ?? []).map((size, axis) => (shared.includes(axis) ? 1 : size));
    const axes = single.map((_, axis) => axis).slice(1);
    const { shape, engine } = alongAxes(single, axes);
    const rules = {
      initializer: config.alphaInitializer,
      regularizer: config.alphaRegularizer,
      constraint: config.alphaConstraint,
    };
    return [weightSpec("alpha", shape, rules, engine)];
  },
  call: ({ g, inputs, parameters }) => {
    const [x] = inputs;
    const left = g.apply(operators.relu, [g.apply(operators.neg, [x!], {})], {});
    const leaked = g.apply(operators.mul, [parameters["alpha"]!, left], {});
    return g.apply(operators.sub, [g.apply(operators.relu, [x!], {}), leaked], {});
  },
});

/**
 * x where x > 0, else alpha · x with trained slopes (He et al. 2015). Output: the input's shape. Weight alpha (zeros): the
 * shape of a sample, with 1 along `sharedAxes`.
 */
export function prelu(options: PReluOptions = {}): DefinedLayer<PReluConfig> {
  const config: PReluConfig = {
    alphaInitializer: resolveInitializer(options.alphaInitializer ?? "zeros"),
    alphaRegularizer: regularizerOrNone(options.alphaRegularizer),
    alphaConstraint: constraintOrNone(options.alphaConstraint),
    sharedAxes: options.sharedAxes ?? null,
  };
  return new DefinedLayer(preluDefinition, config, options);
}
