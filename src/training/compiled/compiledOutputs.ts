import { PermafrostError } from "../../base/errors.ts";
import { toEngineShape } from "../../layers/layout.ts";
import type { Loss } from "../../losses/index.ts";
import { type LossIdentifier, resolveLoss } from "../../losses/resolveLoss.ts";
import { type MetricIdentifier, resolveMetric } from "../../metrics/resolveMetric.ts";
import type { Model } from "../../models/functional.ts";
import { inOrder, isDictionary, type PerName } from "./perName.ts";

/** What a model's outputs are trained and measured by. */
export interface OutputOptions {
  /** For several outputs: one loss for all, a list in their order, or a dictionary by their names; null for an output without. */
  readonly loss: LossIdentifier | PerName<LossIdentifier>;
  /** What each output's loss counts in the sum that is trained. Default 1. */
  readonly lossWeights?: PerName<number>;
  /**
   * Names such as "acc", which the history uses as they are given here, or `metrics.auc({ ... })`. For several outputs: a list
   * with an entry for each, or a dictionary by their names; an entry is a metric or a list of them.
   */
  readonly metrics?: MetricsOption;
  /** The same, with samples weighted as in the loss. */
  readonly weightedMetrics?: MetricsOption;
}

export type MetricsOption =
  | readonly MetricIdentifier[]
  | PerName<MetricIdentifier | readonly MetricIdentifier[]>;

/** An output that is compared with targets: because of its loss, or for metrics alone. */
export interface CompiledOutput {
  /** The name of its layer: keys of dictionaries, and in front of the names in the history where a model has several outputs. */
  readonly name: string;
  /** Its place among the model's outputs. */
  readonly index: number;
  /** One prediction's shape as the engine has it. */
  readonly shape: readonly number[];
  readonly loss: Loss | undefined;
  readonly lossWeight: number;
  readonly metrics: readonly MetricIdentifier[];
  readonly weightedMetrics: readonly MetricIdentifier[];
}

/**
 * The outputs of a model with their losses and metrics; those that have neither are left out.
 *
 * @throws PermafrostError NOT_BUILT, UNKNOWN_NAME or INVALID_ARGUMENT.
 */
export function compiledOutputs(model: Model, options: OutputOptions): readonly CompiledOutput[] {
  const names = outputNames(model);
  const losses = lossesOf(options, names);
  const weights = inOrder("lossWeights", "output", names, options.lossWeights ?? {});
  const metrics = metricsOf("metrics", options.metrics, names);
  const weighted = metricsOf("weightedMetrics", options.weightedMetrics, names);
  const outputs = names.map((name, index): CompiledOutput => {
    const lossWeight = weights[index] ?? 1;
    if (!Number.isFinite(lossWeight)) throw badWeight(name, lossWeight);
    const loss = losses[index];
    return {
      name,
      index,
      shape: toEngineShape(model.outputs[index]!.shape).slice(1).map(Number),
      loss: loss === undefined ? undefined : resolveLoss(loss),
      lossWeight,
      metrics: metrics[index]!,
      weightedMetrics: weighted[index]!,
    };
  });
  return outputs.filter(
    ({ loss, metrics: own, weightedMetrics }) =>
      loss !== undefined || own.length + weightedMetrics.length > 0,
  );
}

/** The names of a model's outputs: of the layers they come from, numbered where one layer gives several. */
export function outputNames(model: Model): readonly string[] {
  return numbered(model.outputs.map(({ call }) => call.layer.name));
}

/** The names of a model's inputs. */
export function inputNames(model: Model): readonly string[] {
  return numbered(model.inputs.map(({ call }) => call.layer.name));
}

function numbered(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name}_${before}`;
  });
}

function lossesOf(
  { loss }: OutputOptions,
  names: readonly string[],
): readonly (LossIdentifier | undefined)[] {
  if (isOneLoss(loss)) return names.map(() => loss);
  const losses = inOrder("loss", "output", names, loss);
  const missing = names.find((name) => isDictionary(loss) && !(name in loss));
  if (missing === undefined && losses.some((one) => one !== undefined)) return losses;
  const expected =
    missing === undefined ? "for at least one output" : `for output ${JSON.stringify(missing)}`;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `loss: expected one ${expected}, got none. Outputs: ${names.join(", ")}. Give null for an output that is not trained against targets.`,
  );
}

/** One loss: a name, a loss, or a saved name with its options. */
function isOneLoss(loss: OutputOptions["loss"]): loss is LossIdentifier {
  if (typeof loss === "string" || "perSample" in loss) return true;
  return "name" in loss && typeof loss.name === "string" && "config" in loss;
}

/** Keras's rule: all metrics belong to an only output; several outputs have an entry each. */
function metricsOf(
  what: string,
  given: MetricsOption = [],
  names: readonly string[],
): readonly (readonly MetricIdentifier[])[] {
  const isEmpty = Array.isArray(given) && given.length === 0;
  const entries = isEmpty
    ? names.map(() => undefined)
    : names.length === 1 && Array.isArray(given)
      ? [given.flat() as readonly MetricIdentifier[]]
      : inOrder(what, "output", names, given as PerName<MetricIdentifier | readonly MetricIdentifier[]>);
  return entries.map((entry) => {
    const own = entry === undefined ? [] : isMetric(entry) ? [entry] : entry;
    // Made here only to be refused here.
    for (const metric of own) resolveMetric(metric);
    return own;
  });
}

function isMetric(entry: MetricIdentifier | readonly MetricIdentifier[]): entry is MetricIdentifier {
  return !Array.isArray(entry);
}

function badWeight(name: string, weight: number): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `lossWeights: expected a finite number for output ${JSON.stringify(name)}, got ${weight}.`,
  );
}
