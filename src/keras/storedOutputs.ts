import type { WorkOptions } from "../base/progress.ts";
import type { Engine } from "../engine/engine.ts";
import type { Model } from "../models/functional.ts";
import { splitClassifier } from "../recipes/classifier/classifierGraphs.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { allOutputsOf, readBatch } from "../training/features/inference.ts";
import type { BatchSource } from "../training/samples/batchSource.ts";
import type { FitFeatures } from "./fitFeatures.ts";

/** How the outputs are computed. */
export interface StoredOutputsOptions extends WorkOptions {
  readonly engine: Engine;
  readonly features: FitFeatures;
  readonly batchSize: number;
}

/**
 * A model's outputs for named samples, in the engine's layout: what its frozen part makes of them is looked up in the feature
 * store, or computed and kept there; the layers behind it run. Undefined where no part of the model is frozen.
 */
export async function storedOutputs(
  model: Model,
  source: BatchSource,
  { engine, features, batchSize, ...work }: StoredOutputsOptions,
): Promise<readonly Tensor<"float32">[] | undefined> {
  const { prefix, suffix } = splitClassifier(model);
  if (prefix === undefined) return undefined;
  return features.closing(async () => {
    const rows = await features.of(engine, prefix, source, work, false);
    // All of the model is frozen: its output is what is kept.
    if (suffix.nodes.length === 0) return [await readBatch(rows, allOf(rows))];
    return allOutputsOf(engine, suffix, rows, { ...work, batchSize, phase: "predict" });
  });
}

function allOf({ samples }: BatchSource): Uint32Array {
  return Uint32Array.from({ length: samples }, (_, index) => index);
}
