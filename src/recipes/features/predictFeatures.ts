import type { WorkOptions } from "../../base/progress.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Graph } from "../../graph/graph.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { outputsOf } from "../../training/features/inference.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";

/** Numbers read for one run: many rows of a head's features, a few pictures. The bits of a row do not depend on it. */
const numbersAtOnce = 2 ** 20;
const mostRows = 256;
const fewestRows = 8;

/**
 * Probabilities of all samples of a source, [samples, classes].
 *
 * @param suffix - From features (or pictures) to probabilities, weights as constants.
 * @throws PermafrostError INTERRUPTED when the signal is aborted.
 */
export async function predictFeatures(
  engine: Engine,
  suffix: Graph,
  source: BatchSource,
  work: WorkOptions = {},
): Promise<Float32Array> {
  const fitting = Math.floor(numbersAtOnce / sizeOf(source.shape));
  const batchSize = Math.max(fewestRows, Math.min(mostRows, fitting));
  const { data } = await outputsOf(engine, suffix, source, { ...work, batchSize, phase: "evaluate" });
  return data;
}
