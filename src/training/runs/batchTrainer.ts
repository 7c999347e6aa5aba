import type { Compiled } from "../compiled/compile.ts";
import { frozenDigest } from "../compiled/frozenWeights.ts";
import { buildProgram } from "../graphs/buildProgram.ts";
import type { Logs } from "../measuring/logs.ts";
import { measuredOutputs } from "../measuring/measureBatch.ts";
import { Measurements } from "../measuring/measurements.ts";
import type { BatchSource } from "../samples/batchSource.ts";
import { drawnForTraining } from "../samples/drawnSource.ts";
import { fillBatch, type LabelledSamples, targetShapes } from "../samples/labelledSamples.ts";
import {
  labelSamples,
  type ModelClassWeights,
  type ModelSampleWeights,
  type ModelTargets,
} from "../samples/labelSamples.ts";
import type { ModelInputs } from "../samples/modelInputs.ts";
import { Trainer } from "../thread/trainer.ts";
import { measureSamples } from "./evaluate.ts";
import { lossNan } from "./lossNan.ts";
import type { InferenceOptions } from "./predict.ts";
import { TrainingRun } from "./trainingRun.ts";

export interface TestBatchOptions {
  readonly sampleWeight?: ModelSampleWeights;
  /** Forget what earlier batches measured. False: the results are means over all batches since. Default true, as in Keras. */
  readonly resetMetrics?: boolean;
}

export interface TrainBatchOptions extends TestBatchOptions {
  readonly classWeight?: ModelClassWeights;
}

/** What is ready for the next batch. */
interface Ready {
  readonly trainer: Trainer;
  readonly run: TrainingRun;
  /** Everything that the graph has fixed in it. */
  readonly key: string;
}

/**
 * Trains and tests a compiled model one batch at a time (Keras's `train_on_batch`, `test_on_batch`). The training thread, the
 * optimizer's memory and the metrics stay between calls; the model has the new weights after each.
 */
export class BatchTrainer {
  readonly #compiled: Compiled;
  #ready: Ready | undefined;
  #trained: Measurements | undefined;
  #tested: Measurements | undefined;
  /** The optimizer's memory as this thread has it; `fit` may have gone on since. */
  #state: Compiled["state"];
  #last: Promise<unknown> = Promise.resolve();

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
  }

  /**
   * One update.
   *
   * @returns Loss and metrics of the batch before the update, by name.
   * @throws PermafrostError as `fit` does; LOSS_NAN leaves the model unchanged.
   */
  train(x: ModelInputs, y: ModelTargets, options: TrainBatchOptions = {}): Promise<Logs> {
    return this.#inTurn(async () => {
      const compiled = this.#compiled;
      compiled.checkFresh();
      const samples = labelSamples(compiled, x, y, options.sampleWeight, options.classWeight);
      const measurements = this.#measurements(this.#trained, samples, options);
      this.#trained = measurements;
      const { run, trainer } = await this.#prepare(samples);
      await this.#handOver(run, trainer);
      const count = samples.source.samples;
      const batch = trainer.takeBatch();
      await fillBatch(batch, allOf(samples.source), { ...samples, source: this.#drawn(samples.source, run) });
      const info = { learningRate: run.learningRate, iteration: run.iteration };
      const { batch: result, value: loss } = await trainer.train(batch, count, info);
      if (!Number.isFinite(loss)) throw lossNan(run, 0, 0, loss);
      run.iteration++;
      measurements.update(loss, measuredOutputs(compiled, trainer.program.train, result, count), count);
      trainer.release(result);
      if (!(await run.keep())) throw lossNan(run, 0, 0, Number.NaN);
      this.#state = compiled.state;
      return measurements.logs;
    });
  }

  /** Loss and metrics of a batch in inference form, by name. */
  test(
    x: ModelInputs,
    y: ModelTargets,
    options: TestBatchOptions & Pick<InferenceOptions, "engine"> = {},
  ): Promise<Logs> {
    return this.#inTurn(async () => {
      const samples = labelSamples(this.#compiled, x, y, options.sampleWeight);
      const measurements = this.#measurements(this.#tested, samples, options);
      this.#tested = measurements;
      const { engine } = options;
      await measureSamples(this.#compiled, samples, measurements, {
        batchSize: samples.source.samples,
        ...(engine === undefined ? {} : { engine }),
      });
      return measurements.logs;
    });
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#ready?.trainer.close();
    this.#ready = undefined;
  }

  /** One after the other: a step builds on the one before. */
  #inTurn<R>(task: () => Promise<R>): Promise<R> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #measurements(
    before: Measurements | undefined,
    samples: LabelledSamples,
    { resetMetrics = true }: TestBatchOptions,
  ): Measurements {
    return before === undefined || resetMetrics
      ? new Measurements(this.#compiled, targetShapes(samples))
      : before;
  }

  /** The graph holds the frozen weights, so it is derived anew when they, or the shapes, are others. */
  async #prepare(samples: LabelledSamples): Promise<Ready> {
    const capacity = samples.source.samples;
    const key = JSON.stringify([targetShapes(samples), frozenDigest(this.#compiled)]);
    const ready = this.#ready;
    if (ready?.key === key && ready.trainer.program.layout.capacity >= capacity) return ready;
    await ready?.trainer.close();
    this.#ready = undefined;
    const { program } = buildProgram(this.#compiled, {
      batchSize: capacity,
      targetShapes: targetShapes(samples),
      splitTrain: false,
      splitTest: false,
      seed: 0,
    });
    const trainer = await Trainer.start(program);
    const run = new TrainingRun(this.#compiled, trainer, { epochs: 1, steps: 1, verbose: 0 }, []);
    this.#state = undefined;
    this.#ready = { trainer, run, key };
    return this.#ready;
  }

  /** Gives the thread the weights as the model has them now, and the optimizer's memory where another training changed it. */
  async #handOver(run: TrainingRun, trainer: Trainer): Promise<void> {
    const { state } = this.#compiled;
    run.iteration = state?.iteration ?? 0;
    if (state === undefined || state !== this.#state) return run.begin();
    const weights = run.weights.map((values) => values.slice());
    await trainer.write({ weights, slots: [] });
  }

  #drawn(source: BatchSource, { iteration }: TrainingRun): BatchSource {
    const drawn = drawnForTraining(this.#compiled.model, source, 0);
    return drawn.forEpoch?.(iteration) ?? drawn;
  }
}

function allOf({ samples }: BatchSource): Uint32Array {
  return Uint32Array.from({ length: samples }, (_, index) => index);
}
