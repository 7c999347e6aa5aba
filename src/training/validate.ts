import { batchOrder } from "../data/batches.ts";
import { reducedLoss } from "../losses/index.ts";
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
  { trainer, compiled }: TrainingRun,
  { targets, weights }: LabelledSamples,
  measurements: Measurements,
  { indices, result }: { readonly indices: Uint32Array; readonly result: Promise<StepResult> },
): Promise<void> {
  const { batch, value: penalty } = await result;
  const count = indices.length;
  const size = sizeOf((trainer.program.test ?? trainer.program.train).predictionShape);
  const given = weights === undefined ? undefined : batch.weights(count);
  const loss = reducedLoss(compiled.loss.reduction, batch.losses(count), given);
  measurements.update(
    loss + penalty,
    batch.prediction(count, size),
    batch.target(count, sizeOf(targets.shape)),
    count,
    given,
  );
  trainer.release(batch);
}
