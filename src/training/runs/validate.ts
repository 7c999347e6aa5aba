import { batchOrder } from "../../data/batches.ts";
import type { Logs } from "../measuring/logs.ts";
import { measuredOutputs, reportedLoss } from "../measuring/measureBatch.ts";
import type { Measurements } from "../measuring/measurements.ts";
import { fillBatch, type LabelledSamples } from "../samples/labelledSamples.ts";
import type { StepResult } from "../thread/trainer.ts";
import type { TrainingRun } from "./trainingRun.ts";

interface Pending {
  readonly step: number;
  readonly indices: Uint32Array;
  readonly result: Promise<StepResult>;
}

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
  let before: Pending | undefined;
  for (const [step, indices] of order.entries()) {
    const batch = run.trainer.takeBatch();
    await fillBatch(batch, indices, samples);
    await run.notify((callback) => callback.onTestBatchBegin?.(step, run));
    const result = run.trainer.test(batch, indices.length);
    if (before !== undefined) await measure(run, measurements, before);
    before = { step, indices, result };
  }
  if (before !== undefined) await measure(run, measurements, before);
  return measurements.logs;
}

async function measure(
  run: TrainingRun,
  measurements: Measurements,
  { step, indices, result }: Pending,
): Promise<void> {
  const { trainer, compiled } = run;
  const { batch, value: penalty } = await result;
  const count = indices.length;
  const phase = trainer.program.test ?? trainer.program.train;
  const outputs = measuredOutputs(compiled, phase, batch, count);
  measurements.update(reportedLoss(compiled.outputs, outputs, penalty), outputs, count);
  trainer.release(batch);
  await run.notify((callback) => callback.onTestBatchEnd?.(step, measurements.logs, run));
}
