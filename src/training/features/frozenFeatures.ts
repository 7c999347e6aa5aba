import type { WorkOptions } from "../../base/progress.ts";
import { Engine } from "../../engine/engine.ts";
import type { Graph } from "../../graph/graph.ts";
import { arrayRows, type BatchSource } from "../samples/batchSource.ts";
import { outputsOf } from "./inference.ts";

/** Fastest for the base networks measured; the bits of a sample do not depend on it. */
export const prefixBatch = 8;

/**
 * Runs the frozen part of a network once for every sample; where samples change from epoch to epoch, once for every
 * sample and epoch, as the epochs come. Only one epoch's features are kept then.
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
  const { forEpoch } = source;
  if (forEpoch !== undefined) {
    return epochFeatures(source, prefix, (epoch) =>
      frozenFeatures(engine, prefix, forEpoch.call(source, epoch), options),
    );
  }
  const features = await outputsOf(engine, prefix, source, {
    ...options,
    batchSize: prefixBatch,
    phase: "features",
  });
  return arrayRows(features.data, features.shape.slice(1));
}

function epochFeatures(
  { samples }: BatchSource,
  prefix: Graph,
  compute: (epoch: number) => Promise<BatchSource>,
): BatchSource {
  const shape = prefix.outputs[0]!.type.shape.slice(1).map(Number);
  const current: { epoch: number | undefined; features?: Promise<BatchSource> } = { epoch: undefined };
  const forEpoch = (epoch: number): BatchSource => ({
    samples,
    shape,
    async read(indices, into) {
      if (current.epoch !== epoch) {
        current.epoch = epoch;
        current.features = compute(epoch);
      }
      const features = await current.features!;
      await features.read(indices, into);
    },
  });
  return { ...forEpoch(0), forEpoch };
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
