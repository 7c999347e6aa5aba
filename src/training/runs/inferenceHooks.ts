import type { OnProgress, WorkOptions } from "../../base/progress.ts";
import type { Model } from "../../models/functional.ts";
import type { Callback, RunControl } from "../callbacks/callback.ts";
import type { Logs } from "../measuring/logs.ts";

/** What is run: "evaluate" calls the hooks of tests, "predict" those of predictions. */
export interface HookedRun {
  readonly phase: "evaluate" | "predict";
  readonly model: Model;
  readonly callbacks: readonly Callback[];
  /** Updates of the weights so far. */
  readonly iteration: number;
  /** What is measured so far; nothing in predictions. */
  logs(): Logs;
}

/**
 * Calls the hooks of callbacks around a run of inference. Batches run on several workers; each is told of in its order when its
 * results are there, begin and end together. Without callbacks nothing is added to the run.
 *
 * @param work - The run, which reports its batches as progress of the phase.
 */
export async function withHooks<Work extends WorkOptions, Result>(
  run: HookedRun,
  options: Work,
  work: (options: Work) => Promise<Result>,
): Promise<Result> {
  const { callbacks, phase, model, iteration, logs } = run;
  if (callbacks.length === 0) return work(options);
  const control: RunControl = { model, iteration, params: { epochs: 1, steps: 0, verbose: 0 } };
  const notify = async (call: (callback: Callback) => void | Promise<void>) => {
    for (const callback of callbacks) await call(callback);
  };
  let batches = 0;
  let told: Promise<void> = Promise.resolve();
  const onProgress: OnProgress = (event) => {
    options.onProgress?.(event);
    if (event.phase !== phase) return;
    const [batch, measured] = [batches++, logs()];
    told = told.then(() => notify((callback) => tellBatch(callback, phase, batch, measured, control)));
    // Whoever waits for it below hears of its failure.
    told.catch(() => {});
  };
  const isTest = phase === "evaluate";
  await notify((callback) => (isTest ? callback.onTestBegin?.(control) : callback.onPredictBegin?.(control)));
  const result = await work({ ...options, onProgress });
  await told;
  await notify((callback) =>
    isTest ? callback.onTestEnd?.(logs(), control) : callback.onPredictEnd?.(control),
  );
  return result;
}

async function tellBatch(
  callback: Callback,
  phase: HookedRun["phase"],
  batch: number,
  logs: Logs,
  control: RunControl,
): Promise<void> {
  if (phase === "evaluate") {
    await callback.onTestBatchBegin?.(batch, control);
    await callback.onTestBatchEnd?.(batch, logs, control);
  } else {
    await callback.onPredictBatchBegin?.(batch, control);
    await callback.onPredictBatchEnd?.(batch, control);
  }
}
