import { PermafrostError } from "../../base/errors.ts";
import type { EpochLogs } from "../callbacks/callback.ts";
import { ProgressLine } from "../callbacks/progressLine.ts";
import type { Compiled } from "../compiled/compile.ts";
import { freezingRemarks } from "../compiled/freezingRemarks.ts";
import { FrozenWatch } from "../compiled/frozenWeights.ts";
import type { History } from "../measuring/history.ts";
import { type Logs, validationLogs } from "../measuring/logs.ts";
import { Measurements } from "../measuring/measurements.ts";
import { stepsOfEpoch } from "../samples/epochBatches.ts";
import { targetShapes } from "../samples/labelledSamples.ts";
import type { ModelTargets } from "../samples/labelSamples.ts";
import type { ModelInputs } from "../samples/modelInputs.ts";
import { Trainer } from "../thread/trainer.ts";
import { checkFitOptions, type FitOptions } from "./fitOptions.ts";
import { keepingWhatWasReached } from "./keepingWhatWasReached.ts";
import { lossNan } from "./lossNan.ts";
import { type PreparedFit, prepareFit } from "./prepareFit.ts";
import { trainEpoch } from "./trainEpoch.ts";
import { TrainingRun } from "./trainingRun.ts";
import { validate } from "./validate.ts";

/**
 * Trains a compiled model (Keras's `fit`). The model's weights are replaced at the end of each epoch.
 *
 * Reported `loss` and metrics of an epoch are means over its steps while the weights change, dropout active; `val_` ones
 * are measured after the epoch in inference form.
 *
 * @param x - [samples, ...] or a source of samples.
 * @param y - What is expected of each; see `Targets`.
 * @throws PermafrostError STALE_COMPILE when `trainable` was changed after `compile`; SHAPE_MISMATCH or DATA_INVALID when
 *   the data do not fit; LOSS_NAN when the loss stops being a number (the model keeps the weights of the last epoch);
 *   INTERRUPTED when the signal was raised or a callback failed (it keeps those of the last step); DIGEST_MISMATCH when
 *   somebody else changed a frozen weight meanwhile.
 */
export async function fit(
  compiled: Compiled,
  x: ModelInputs,
  y: ModelTargets,
  options: FitOptions = {},
): Promise<History> {
  checkFitOptions(options);
  compiled.checkFresh();
  const prepared = await prepareFit(compiled, x, y, options);
  const { batchSize = 32, epochs = 1, callbacks = [], verbose = 0 } = options;
  const steps = stepsOfEpoch(prepared.train, { batchSize, stepsPerEpoch: options.stepsPerEpoch });
  tellFreezing(compiled, prepared, options);
  const frozen = options.frozenWatch ?? new FrozenWatch(compiled);
  const trainer = await Trainer.start(prepared.program, options.runtime);
  try {
    const { validationFreq = 1 } = options;
    const freq = typeof validationFreq === "number" ? validationFreq : Number.POSITIVE_INFINITY;
    const params = { epochs, steps, verbose, ...(freq === 1 ? {} : { validationFreq: freq }) };
    const run = new TrainingRun(compiled, trainer, params, callbacks);
    await run.begin();
    await keepingWhatWasReached(run, () => trainEpochs(run, prepared, options));
    run.history.frozen = frozen.check();
    return run.history;
  } finally {
    await trainer.close();
  }
}

async function trainEpochs(run: TrainingRun, prepared: PreparedFit, options: FitOptions): Promise<void> {
  const { epochs = 1, initialEpoch = 0 } = options;
  const display = new ProgressLine(options.stream ?? process.stderr, options.verbose ?? 0);
  if (prepared.mixing !== undefined) tellMixing(run, options);
  await run.notify((callback) => callback.onTrainBegin?.(run));
  await run.notify((callback) => callback.onTrainRestore?.(run));
  let logs: Logs = run.history.last;
  for (let epoch = Math.max(initialEpoch, run.nextEpoch); epoch < epochs && !run.stopTraining; epoch++) {
    display.onEpochBegin(epoch, run);
    await run.notify((callback) => callback.onEpochBegin?.(epoch, run));
    const measured: EpochLogs = { ...(await oneEpoch(run, prepared, epoch, display, options)) };
    await run.notify((callback) => callback.onEpochEnd?.(epoch, measured, run));
    display.onEpochEnd(epoch, measured, run);
    run.finish(epoch, measured);
    logs = measured;
    await run.notify((callback) => callback.onEpochSettled?.(epoch, run));
  }
  await run.finalize();
  await run.notify((callback) => callback.onTrainEnd?.(logs, run));
}

/** Training, then measuring on the validation samples; the model has the epoch's weights afterwards. */
async function oneEpoch(
  run: TrainingRun,
  { train, validation, mixing }: PreparedFit,
  epoch: number,
  display: ProgressLine,
  options: FitOptions,
): Promise<Logs> {
  const { batchSize = 32, shuffle = true, seed = 0, stepsPerEpoch, signal, onProgress } = options;
  const { steps, epochs } = run.params;
  const measurements = new Measurements(run.compiled, targetShapes(train));
  const trained = await trainEpoch(run, train, measurements, {
    epoch,
    batchSize,
    shuffle,
    seed,
    stepsPerEpoch,
    signal,
    mixing,
    onStep(step, logs) {
      display.onTrainBatchEnd(step, logs);
      const note = `epoch ${epoch + 1}/${epochs}`;
      onProgress?.({
        phase: "train",
        done: epoch * steps + step + 1,
        total: epochs * steps,
        unit: "steps",
        note,
      });
    },
  });
  if (!(await run.keep())) throw lossNan(run, epoch, steps - 1, Number.NaN);
  if (signal?.aborted) throw interrupted(run, epoch);
  if (validation === undefined || !isValidated(epoch, options)) return trained;
  await run.notify((callback) => callback.onTestBegin?.(run));
  const tested = await validate(run, validation, measurements, options.validationBatchSize ?? batchSize);
  await run.notify((callback) => callback.onTestEnd?.(tested, run));
  return { ...trained, ...validationLogs(tested) };
}

/** Whether an epoch (from 0) is followed by validation: every n-th, or those in the list, which count from 1 as Keras does. */
function isValidated(epoch: number, { validationFreq = 1 }: FitOptions): boolean {
  if (typeof validationFreq === "number") return (epoch + 1) % validationFreq === 0;
  return validationFreq.includes(epoch + 1);
}

/** Before the first step: what may surprise whoever froze layers. */
function tellFreezing(
  compiled: Compiled,
  { program }: PreparedFit,
  { verbose = 0, stream = process.stderr }: FitOptions,
): void {
  if (verbose === 0) return;
  const updated = new Set(program.parameters.map(({ path }) => path));
  for (const remark of freezingRemarks(compiled, updated)) stream.write(`warning: ${remark}\n`);
}

/** Frozen layers could have been run once for each picture. */
function tellMixing({ compiled }: TrainingRun, { verbose = 0, stream = process.stderr }: FitOptions): void {
  const hasFrozen = compiled.trained.size < compiled.model.namedParameters().size;
  if (verbose > 0 && hasFrozen)
    stream.write(
      "mixup and cutmix mix pictures anew in every step: the frozen layers run in every step too.\n",
    );
}

function interrupted(run: TrainingRun, epoch: number): PermafrostError {
  return new PermafrostError(
    "INTERRUPTED",
    `training was interrupted in epoch ${epoch + 1} of ${run.params.epochs}, after ${run.iteration} updates in all. The model keeps the weights of the last one.`,
    { details: { epoch, iteration: run.iteration } },
  );
}
