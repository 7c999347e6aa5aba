import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import { clipGradients } from "./clipping.ts";
import type { CommonConfig, Optimizer, OptimizerDefinition, ParameterSpans } from "./optimizer.ts";
import { checkLearningRate } from "./schedules/schedule.ts";

/** Keras's defaults of the common options; the learning rate differs from optimizer to optimizer. */
export const commonDefaults = {
  weightDecay: 0,
  clipnorm: null,
  clipvalue: null,
  globalClipnorm: null,
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
      slots: definition.slots(config),
      step(kernels, parameters, info) {
        clipGradients(kernels, parameters, config);
        for (const spans of parameters) {
          const { offset, length } = spans.weight;
          if (config.weightDecay !== 0) {
            kernels.decay(offset, length, config.weightDecay * info.learningRate);
          }
          definition.update(kernels, spans, config, info);
        }
      },
    };
  };
}

/** Byte offset of a slot. */
export function slotOffset(spans: ParameterSpans, slot: string): number {
  const span = spans.slots[slot];
  if (span === undefined)
    throw new PermafrostError("INTERNAL", `internal: no room was made for slot ${slot}.`);
  return span.offset;
}

/** @throws PermafrostError INVALID_ARGUMENT unless `low <= value < high`. */
export function checkRange(what: string, value: number, low: number, high: number): void {
  if (value >= low && value < high) return;
  const expected =
    high === Number.POSITIVE_INFINITY ? `a number of at least ${low}` : `${low} <= number < ${high}`;
  throw new PermafrostError("INVALID_ARGUMENT", `${what}: expected ${expected}, got ${value}.`);
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

function checkCommon(kind: string, config: CommonConfig): void {
  checkLearningRate(`${kind}: learningRate`, config.learningRate);
  checkRange(`${kind}: weightDecay`, config.weightDecay, 0, Number.POSITIVE_INFINITY);
  const limits = (["clipnorm", "clipvalue", "globalClipnorm"] as const).filter(
    (name) => config[name] !== null,
  );
  if (limits.length > 1) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${kind}: expected at most one of clipnorm, clipvalue and globalClipnorm, got ${limits.join(" and ")}.`,
    );
  }
  for (const name of limits) {
    const limit = config[name] ?? 0;
    if (limit > 0 && Number.isFinite(limit)) continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${kind}: ${name}: expected a number above 0, got ${limit}.`,
    );
  }
}
