import { PermafrostError } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";
import type { Engine } from "../engine/engine.ts";
import type { Model } from "../models/functional.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { batchSource, type Samples } from "./batchSource.ts";
import { withEngine } from "./frozenFeatures.ts";
import { inferenceGraph, outputsOf } from "./inference.ts";
import { expectSamples } from "./labelSamples.ts";
import { toUserLayout } from "./userLayout.ts";

/** Options of `predict` and `evaluate`. */
export interface InferenceOptions extends WorkOptions {
  /** Samples of one run. The bits of a sample's result do not depend on it. Default 32. */
  readonly batchSize?: number;
  /** Does the computing; one is started and closed again if none is given. */
  readonly engine?: Engine;
}

/**
 * A model's outputs for samples (Keras's `predict`), in their order. The model need not be compiled.
 *
 * @param x - [samples, ...] or a source of samples.
 * @returns [samples, ...]; pictures and feature maps as [samples, height, width, channels].
 */
export async function predict(
  model: Model,
  x: Samples,
  options: InferenceOptions = {},
): Promise<Tensor<"float32">> {
  const source = expectSamples(model, batchSource(x));
  const batchSize = checkBatchSize(options.batchSize ?? 32);
  const graph = inferenceGraph(model);
  const outputs = await withEngine(options.engine, (engine) =>
    outputsOf(engine, graph, source, { ...options, batchSize, phase: "predict" }),
  );
  return toUserLayout(outputs);
}

/** @throws PermafrostError INVALID_ARGUMENT */
export function checkBatchSize(batchSize: number): number {
  if (Number.isInteger(batchSize) && batchSize > 0) return batchSize;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `batchSize: expected a whole number of at least 1, got ${batchSize}.`,
  );
}
