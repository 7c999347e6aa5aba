import { PermafrostError } from "../base/errors.ts";
import { bindParameters } from "../graph/bind.ts";
import type { Graph } from "../graph/graph.ts";
import { splitFrozen } from "../models/cut.ts";
import type { Model } from "../models/functional.ts";
import { weightTensors } from "../training/inference.ts";

/** A classifier's computation in two parts, every weight a constant. */
export interface ClassifierGraphs {
  /** From the picture to the features that are stored. */
  readonly prefix: Graph;
  /** From the features to the probabilities. */
  readonly suffix: Graph;
  /** Where the cut is and why. */
  readonly reason: string;
}

/**
 * The model in inference form, cut where its frozen part ends.
 *
 * @throws PermafrostError GRAPH_INVALID when nothing of the model is frozen.
 */
export function classifierGraphs(model: Model): ClassifierGraphs {
  const { builder, outputs, parameters } = model.toGraph({ mode: "infer" });
  const trained = new Set(model.trainableWeights);
  const split = splitFrozen(builder.build(outputs), (path) => trained.has(parameters.get(path)!));
  if (split.prefix === undefined) {
    throw new PermafrostError("GRAPH_INVALID", `${model.name}: expected a frozen base, got ${split.reason}`);
  }
  const tensors = weightTensors(parameters);
  return {
    prefix: bindParameters(split.prefix, tensors),
    suffix: bindParameters(split.suffix, tensors),
    reason: split.reason,
  };
}
