import { PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Model } from "../../models/functional.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Callback } from "../callbacks/callback.ts";
import { outputNames } from "../compiled/compiledOutputs.ts";
import { withEngine } from "../features/frozenFeatures.ts";
import { allOutputsOf, inferenceGraph } from "../features/inference.ts";
import { type ModelInputs, modelSource } from "../samples/modelInputs.ts";
import { toUserLayout } from "../samples/userLayout.ts";
import { withHooks } from "./inferenceHooks.ts";

/** Options of `predict` and `evaluate`. */
export interface InferenceOptions extends WorkOptions {
  /** Samples of one run. The bits of a sample's result do not depend on it. Default 32. */
  readonly batchSize?: number;
  /** Does the computing; one is started and closed again if none is given. */
  readonly engine?: Engine;
  /** Hooks for each batch. Those of `evaluate` are `onTest...`, those of `predict` `onPredict...`. */
  readonly callbacks?: readonly Callback[];
}

/**
 * A model's output for samples (Keras's `predict`), in their order. The model need not be compiled.
 *
 * @param x - [samples, ...] or a source of samples; for several inputs a list or a dictionary of them.
 * @returns [samples, ...]; pictures and feature maps as [samples, height, width, channels].
 * @throws PermafrostError INVALID_ARGUMENT for a model with several outputs; SHAPE_MISMATCH, DATA_EMPTY, INTERRUPTED.
 */
export async function predict(
  model: Model,
  x: ModelInputs,
  options: InferenceOptions = {},
): Promise<Tensor<"float32">> {
  expectOneOutput(model);
  const [output] = await modelOutputs(model, x, options);
  return output!;
}

async function modelOutputs(
  model: Model,
  x: ModelInputs,
  options: InferenceOptions,
): Promise<readonly Tensor<"float32">[]> {
  const source = modelSource(model, x);
  const batchSize = checkBatchSize(options.batchSize ?? 32);
  const graph = inferenceGraph(model);
  const outputs = await withPredictHooks(model, options, (work) =>
    withEngine(work.engine, (engine) =>
      allOutputsOf(engine, graph, source, { ...work, batchSize, phase: "predict" }),
    ),
  );
  return outputs.map(toUserLayout);
}

/** Calls the hooks of a prediction's callbacks around it. */
export function withPredictHooks<Options extends InferenceOptions, Result>(
  model: Model,
  options: Options,
  work: (options: Options) => Promise<Result>,
): Promise<Result> {
  const { callbacks = [] } = options;
  return withHooks({ phase: "predict", model, callbacks, iteration: 0, logs: () => ({}) }, options, work);
}

/** A model's outputs by their names, in their order. */
export function namedOutputs(
  model: Model,
  outputs: readonly Tensor<"float32">[],
): Readonly<Record<string, Tensor<"float32">>> {
  return Object.fromEntries(outputNames(model).map((name, index) => [name, outputs[index]!]));
}

/** @throws PermafrostError INVALID_ARGUMENT for a model with several outputs. */
export function expectOneOutput(model: Model): void {
  const names = outputNames(model);
  if (names.length === 1) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${model.name}: predict gives one array, but this model has ${names.length} outputs (${names.join(", ")}). Use predictAll, which gives each by its name.`,
  );
}

/** @throws PermafrostError INVALID_ARGUMENT */
export function checkBatchSize(batchSize: number): number {
  if (Number.isInteger(batchSize) && batchSize > 0) return batchSize;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `batchSize: expected a whole number of at least 1, got ${batchSize}.`,
  );
}
