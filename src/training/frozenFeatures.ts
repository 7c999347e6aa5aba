import { PermafrostError } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";
import { Engine } from "../engine/engine.ts";
import type { Graph } from "../graph/graph.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { arrayRows, type BatchSource } from "./batchSource.ts";

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
  { onProgress, signal }: WorkOptions = {},
): Promise<BatchSource> {
  const input = prefix.inputs[0]!;
  const output = prefix.outputs[0]!;
  const shape = output.type.shape.slice(1).map(Number);
  const size = sizeOf(shape);
  const total = source.samples;
  const features = new Float32Array(total * size);
  const program = await engine.compile(prefix);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < total) {
      signal?.throwIfAborted();
      const start = next;
      const count = Math.min(prefixBatch, total - start);
      next += count;
      const x = new Float32Array(count * sizeOf(source.shape));
      await source.read(
        Uint32Array.from({ length: count }, (_, row) => start + row),
        x,
      );
      const feeds = { [input.name]: { dtype: "float32", shape: [count, ...source.shape], data: x } } as const;
      const results = await program.run(feeds);
      features.set(results[output.name]!.data as Float32Array, start * size);
      done += count;
      onProgress?.({ phase: "features", done, total, unit: "samples" });
    }
  };
  try {
    await Promise.all(Array.from({ length: engine.workers }, work));
  } catch (error) {
    if (signal?.aborted) throw interrupted(done, total);
    throw error;
  } finally {
    await program.close();
  }
  return arrayRows(features, shape);
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

function interrupted(done: number, total: number): PermafrostError {
  return new PermafrostError(
    "INTERRUPTED",
    `interrupted while the frozen part was computed (${done} of ${total} samples); the model is unchanged.`,
  );
}
