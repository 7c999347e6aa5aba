import { batchOrder } from "../../data/batches.ts";
import type { Graph } from "../../graph/graph.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { readBatch } from "../../training/features/inference.ts";
import { pictureSource } from "../data/pictureSource.ts";
import type { TrainingOrder } from "../features/drawnFeatures.ts";
import type { FitData } from "../phases/headTraining.ts";
import { type HeadTraining, samplesOf } from "../phases/headTraining.ts";
import { firstDifference } from "./lockstep.ts";

/** A feature in the store that is not what the base network gives. */
export interface FeatureDifference {
  /** The image's file. */
  readonly path: string;
  /** Of the first number that differs. */
  readonly index: number;
  readonly stored: number;
  readonly computed: number;
}

export interface ComparedTraining extends Pick<HeadTraining, "engine" | "base"> {
  readonly prefix: Graph;
  readonly data: FitData;
  readonly order: TrainingOrder;
}

/**
 * Looks for a wrong stored feature among the samples of one step.
 *
 * @param step - Counted from 1.
 */
export async function featureDifference(
  { engine, base, prefix, data, order }: ComparedTraining,
  step: number,
): Promise<FeatureDifference | undefined> {
  const { draws, digests, drawn } = data;
  const samples = samplesOf(data, "train");
  const { epoch, indices } = samplesOfStep(samples.length, order, step);
  const pictures = pictureSource(samples, base.preprocessing, draws && { draws, digests });
  const features = drawn ?? data.features.of(samples);
  const input = await readBatch(pictures.forEpoch?.(epoch) ?? pictures, indices);
  const stored = await readBatch(features.forEpoch?.(epoch) ?? features, indices);
  const program = await engine.compile(prefix);
  try {
    const results = await program.run({ [prefix.inputs[0]!.name]: input });
    const computed = results[prefix.outputs[0]!.name]!.data as Float32Array;
    const at = firstDifference(stored.data, computed);
    if (at < 0) return undefined;
    const size = sizeOf(features.shape);
    return {
      path: samples[indices[Math.floor(at / size)]!]!.path,
      index: at % size,
      stored: stored.data[at]!,
      computed: computed[at]!,
    };
  } finally {
    await program.close();
  }
}

function samplesOfStep(images: number, { batchSize, seed }: TrainingOrder, step: number) {
  const epochSteps = Math.ceil(images / batchSize);
  const epoch = Math.floor((step - 1) / epochSteps);
  const batches = batchOrder(images, { batchSize, seed, epoch, shuffle: true });
  return { epoch, indices: batches[(step - 1) % epochSteps]! };
}
