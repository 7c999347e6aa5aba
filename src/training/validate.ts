import { batchOrder } from "../data/batches.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { fillBatch, type LabelledSamples } from "./labelledSamples.ts";
import type { Logs } from "./logs.ts";
import type { Measurements } from "./measurements.ts";
import type { StepResult } from "./trainer.ts";
import type { TrainingRun } from "./trainingRun.ts";

/**
 * Measures the weights as they are now on other samples, in inference form, with the thread that trains.
 *
 * @returns Loss and metrics, by their names without "val_".
 */
export async function validate(
  run: TrainingRun,
  samples: LabelledSamples,
  measurements: Measurements,
  batchSize: number,
): Promise<Logs> {
  measurements.reset();
  const order = batchOrder(samples.source.samples, { batchSize, seed: 0, epoch: 0, shuffle: false });
  let before: { readonly indices: Uint32Array; readonly result: Promise<StepResult> } | undefined;
  for (const indices of order) {
    const batch = run.trainer.takeBatch();
    await fillBatch(batch, indices, samples);
    const result = run.trainer.test(batch, indices.length);
    if (before !== undefined) await measure(run, samples, measurements, before);
    before = { indices, result };
  }
  if (before !== undefined) await measure(run, samples, measurements, before);
  return measurements.logs;
}

async function measure(
  { trainer }: TrainingRun,
  { targets, weights }: LabelledSamples,
  measurements: Measurements,
  { indices, result }: { readonly indices: Uint32Array; readonly result: Promise<StepResult> },
): Promise<void> {
  const { batch, value: penalty } = await result;
  const count = indices.length;
  const size = sizeOf((trainer.program.test ?? trainer.program.train).predictionShape);
  measurements.update(
    weightedMean(batch.losses(count), weights === undefined ? undefined : batch.weights(count)) + penalty,
    batch.prediction(count, size),
    batch.target(count, sizeOf(targets.shape)),
    count,
  );
  trainer.release(batch);
}

/** Sum of weight * loss divided by the number of samples, in double. */
export function weightedMean(losses: Float32Array, weights: Float32Array | undefined): number {
  let sum = 0;
  for (const [index, loss] of losses.entries()) sum += loss * (weights === undefined ? 1 : weights[index]!);
  return sum / losses.length;
}
