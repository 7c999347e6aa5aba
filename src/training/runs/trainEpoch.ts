import type { Logs } from "../measuring/logs.ts";
import { measuredOutputs } from "../measuring/measureBatch.ts";
import type { Measurements } from "../measuring/measurements.ts";
import type { BatchMixing } from "../samples/batchMixing.ts";
import { type EpochPlan, epochBatches } from "../samples/epochBatches.ts";
import { expectFiniteBatch } from "../samples/finiteInputs.ts";
import { fillBatch, type LabelledSamples } from "../samples/labelledSamples.ts";
import type { StepResult } from "../thread/trainer.ts";
import { lossNan } from "./lossNan.ts";
import type { TrainingRun } from "./trainingRun.ts";

export interface EpochOptions extends EpochPlan {
  readonly epoch: number;
  readonly signal: AbortSignal | undefined;
  readonly mixing: BatchMixing | undefined;
  readonly onStep: ((step: number, logs: Logs) => void) | undefined;
}

interface Pending {
  readonly step: number;
  readonly indices: Uint32Array;
  readonly result: Promise<StepResult>;
}

/**
 * One epoch, or the rest of one where a checkpoint was restored. While the training thread computes a step, the next batch
 * is gathered here; with a callback that looks at single batches each step is waited for, so that it can stop training at
 * once. A loss that is no number is an error unless such a callback stops training on it (TerminateOnNaN).
 *
 * @returns The epoch's running means.
 */
export async function trainEpoch(
  run: TrainingRun,
  samples: LabelledSamples,
  measurements: Measurements,
  options: EpochOptions,
): Promise<Logs> {
  const stepwise = run.callbacks.some((callback) => callback.onTrainBatchEnd ?? callback.onTrainBatchBegin);
  const underWay = stepwise ? 1 : 2;
  const pending: Pending[] = [];
  const firstStep = run.measure(measurements);
  const settle = async () => {
    const next = pending.shift();
    if (next !== undefined) await settleStep(run, measurements, options, next);
  };
  try {
    let step = -1;
    for (const { samples: seen, indices } of epochBatches(samples, options.epoch, options)) {
      step++;
      if (step < firstStep) continue;
      if (run.stopTraining || options.signal?.aborted) break;
      const batch = run.trainer.takeBatch();
      await fillBatch(batch, indices, seen);
      options.mixing?.apply(batch, indices.length, samples, { epoch: options.epoch, step });
      if (stepwise) await run.notify((callback) => callback.onTrainBatchBegin?.(step, run));
      const info = { learningRate: run.learningRate, iteration: run.iteration };
      run.iteration++;
      pending.push({ step, indices, result: run.trainer.train(batch, indices.length, info) });
      const pauses = run.callbacks.filter((callback) => callback.wantsStepSettled?.(run));
      while (pending.length >= (pauses.length > 0 ? 1 : underWay)) await settle();
      for (const callback of pauses) await callback.onStepSettled?.(measurements.logs, run);
    }
    while (pending.length > 0) await settle();
  } finally {
    // After a failure the steps still under way end on their own; nobody is left to hear of theirs.
    await Promise.allSettled(pending.map(({ result }) => result));
  }
  return measurements.logs;
}

async function settleStep(
  run: TrainingRun,
  measurements: Measurements,
  options: EpochOptions,
  { step, indices, result }: Pending,
): Promise<void> {
  const { batch, value: loss } = await result;
  if (!Number.isFinite(loss)) {
    // Steps behind the one on which training was stopped were not made either.
    if (run.stopTraining) return run.trainer.release(batch);
    await run.notify((callback) => callback.onInvalidLoss?.(step, run));
    if (!run.stopTraining) {
      expectFiniteBatch(run.trainer.program.train, batch, indices);
      throw lossNan(run, options.epoch, step, loss);
    }
  }
  const count = indices.length;
  measurements.update(loss, measuredOutputs(run.compiled, run.trainer.program.train, batch, count), count);
  run.trainer.release(batch);
  const { logs } = measurements;
  run.stepLoss = loss;
  run.nextStep = step + 1;
  await run.notify((callback) => callback.onTrainBatchEnd?.(step, logs, run));
  options.onStep?.(step, logs);
}
