import { PermafrostError } from "../../base/errors.ts";
import { bindParameters } from "../../graph/bind.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { splitFrozen } from "../../models/cut.ts";
import type { Model } from "../../models/functional.ts";
import { weightTensors } from "../../training/features/inference.ts";

/** A classifier's computation in two parts, every weight a constant. */
export interface ClassifierGraphs {
  /** From the picture to the features that are stored. */
  readonly prefix: Graph;
  /** From the features to the probabilities. */
  readonly suffix: Graph;
  /** Where the cut is and why. */
  readonly reason: string;
}

/** As `ClassifierGraphs`; without a prefix the suffix begins with the picture. */
export type SplitClassifier = Omit<ClassifierGraphs, "prefix"> & { readonly prefix: Graph | undefined };

/**
 * The model in inference form, cut where its frozen part ends.
 *
 * @param trained - The weights that training changes.
 */
export function splitClassifier(
  model: Model,
  trained: Iterable<Parameter> = model.trainableWeights,
): SplitClassifier {
  const { builder, outputs, parameters } = model.toGraph({ mode: "infer" });
  const changing = new Set(trained);
  const split = splitFrozen(builder.build(outputs), (path) => changing.has(parameters.get(path)!));
  const tensors = weightTensors(parameters);
  return {
    prefix: split.prefix && bindParameters(split.prefix, tensors),
    suffix: bindParameters(split.suffix, tensors),
    reason: split.reason,
  };
}

/**
 * As `splitClassifier`, for models of which something is frozen.
 *
 * @throws PermafrostError GRAPH_INVALID when nothing is.
 */
export function classifierGraphs(model: Model): ClassifierGraphs {
  const { prefix, ...rest } = splitClassifier(model);
  if (prefix !== undefined) return { prefix, ...rest };
  throw new PermafrostError("GRAPH_INVALID", `${model.name}: expected a frozen base, got ${rest.reason}`);
}
