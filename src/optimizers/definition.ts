import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import { checkCommon } from "./checks.ts";
import type { CommonConfig, Optimizer, OptimizerDefinition } from "./optimizer.ts";
import { commonSlots, optimizerStep } from "./step.ts";

/** Keras's defaults of the common options; the learning rate differs from optimizer to optimizer. */
export const commonDefaults = {
  weightDecay: 0,
  excludeFromWeightDecay: [],
  clipnorm: null,
  clipvalue: null,
  globalClipnorm: null,
  useEma: false,
  emaMomentum: 0.99,
  emaOverwriteFrequency: null,
  gradientAccumulationSteps: null,
} as const;

/** Makes an optimizer of one kind; options left out have Keras's defaults. */
export type OptimizerFactory<Config extends CommonConfig> = (options?: Partial<Config>) => Optimizer;

/** Declares a kind of optimizer. */
export function defineOptimizer<Config extends CommonConfig>(
  definition: OptimizerDefinition<Config>,
): OptimizerFactory<Config> {
  return (options = {}) => {
    const config = complete(definition, options);
    checkCommon(definition.kind, config);
    definition.check(config);
    return {
      kind: definition.kind,
      config,
      slots: { ...definition.slots(config), ...commonSlots(config) },
      step(kernels, parameters, info) {
        optimizerStep(kernels, parameters, config, info, (spans, own) =>
          definition.update(kernels, spans, config, own),
        );
      },
    };
  };
}

function complete<Config extends CommonConfig>(
  { kind, defaults }: OptimizerDefinition<Config>,
  options: Partial<Config>,
): Config {
  const known = Object.keys(defaults);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${kind}: unknown option ${JSON.stringify(name)}.${didYouMean(name, known)} Known: ${known.join(", ")}.`,
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(given) };
}
