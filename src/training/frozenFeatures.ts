import type { WorkOptions } from "../base/progress.ts";
import { Engine } from "../engine/engine.ts";
import type { Graph } from "../graph/graph.ts";
import { arrayRows, type BatchSource } from "./batchSource.ts";
import { outputsOf } from "./inference.ts";

/** Fastest for the base networks measured; the bits of a sample do not depend on it. */
const prefixBatch = 8;

/**
 * Runs the frozen part of a network once for every sample.
 *
 * @param prefix - From one data input to one output; its weights are constants.
 * @returns The features as a source, in memory.
 */
export async function frozenFeatures(
  engine: Engine,
  prefix: Graph,
  source: BatchSource,
  options: WorkOptions = {},
): Promise<BatchSource> {
  const features = await outputsOf(engine, prefix, source, {
    ...options,
    batchSize: prefixBatch,
    phase: "features",
  });
  return arrayRows(features.data, features.shape.slice(1));
}

/** Uses the given engine, or one of its own that is closed afterwards. */
export async function withEngine<R>(
  engine: Engine | undefined,
  work: (engine: Engine) => Promise<R>,
): Promise<R> {
  if (engine !== undefined) return work(engine);
  const own = await Engine.start();
  try {
    return await work(own);
  } finally {
    await own.close();
  }
}
