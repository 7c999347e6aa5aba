import { PermafrostError } from "../../base/errors.ts";
import type { Runtime } from "../../engine/runtime.ts";
import type { Session, Tensors } from "../../engine/session.ts";
import { resolveOptimizer } from "../../optimizers/index.ts";
import type { Optimizer, StepInfo } from "../../optimizers/optimizer.ts";
import { exchangeAverage, takeAverage } from "../../optimizers/step.ts";
import { sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { BatchBuffer } from "./batchBuffer.ts";
import type { StatePiece } from "./statePieces.ts";
import { TrainMemory } from "./trainMemory.ts";
import type { PhaseProgram, TrainProgram, TrainState } from "./trainProgram.ts";

/**
 * Runs training steps in this thread. The batch is read and written where it arrived.
 *
 * Products with fed weights have other bits for a batch of one row than for any other number of rows, so a lone
 * sample is given a second row of zeros with weight 0. Where samples of a batch depend on each other (the statistics of
 * BatchNormalization in training) a row of zeros would change the result, and a lone sample stays alone.
 */
export class StepRunner {
  readonly #program: TrainProgram;
  readonly #optimizer: Optimizer;
  readonly #train: Session;
  readonly #test: Session | undefined;
  readonly #memory: TrainMemory;
  readonly #trainWeights: Tensors;
  readonly #testWeights: Tensors;
  #broken = false;

  private constructor(program: TrainProgram, train: Session, test: Session | undefined) {
    this.#program = program;
    this.#train = train;
    this.#test = test;
    this.#optimizer = resolveOptimizer(program.optimizer);
    this.#memory = new TrainMemory(program, this.#optimizer.slots);
    this.#trainWeights = this.#memory.weightFeeds(program.train);
    this.#testWeights = program.test === undefined ? {} : this.#memory.weightFeeds(program.test);
  }

  static async create(runtime: Runtime, program: TrainProgram): Promise<StepRunner> {
    const { threads } = program;
    const train = await runtime.load(program.train.model, { threads, plansMemory: false });
    const test = program.test && (await runtime.load(program.test.model, { threads }));
    return new StepRunner(program, train, test);
  }

  /**
   * One step: gradients, then the update. Nothing is updated when the loss is not a finite number, nor by any later step
   * until weights are written again: steps already under way must not build on it.
   *
   * @returns The loss before the update, penalties included; NaN for a step left out.
   */
  async train(batch: BatchBuffer, count: number, info: StepInfo): Promise<number> {
    if (this.#broken) return Number.NaN;
    const phase = this.#program.train;
    const memory = this.#memory;
    const rows = pad(batch, count, phase);
    const feeds = {
      ...this.#batchFeeds(phase, batch, rows, count),
      ...this.#trainWeights,
      ...memory.draw(rows, info.iteration),
    };
    await this.#train.runInto(feeds, {
      ...(phase.loss === undefined ? {} : { [phase.loss]: memory.scalar }),
      ...batchResults(phase, batch, rows),
      ...memory.gradients,
      ...memory.nextStatistics,
    });
    const loss = this.#memory.scalar.data[0]!;
    if (Number.isFinite(loss)) {
      this.#optimizer.step(memory.kernels, memory.spans, info);
      memory.constrain();
      memory.takeStatistics();
    } else {
      this.#broken = true;
    }
    return loss;
  }

  /**
   * Predictions and the loss of each sample, in inference form.
   *
   * @returns The sum of the regularizers' penalties.
   */
  async test(batch: BatchBuffer, count: number): Promise<number> {
    const phase = this.#program.test;
    if (phase === undefined || this.#test === undefined) {
      throw new PermafrostError("INTERNAL", "internal: this training program has no part to test with.");
    }
    const rows = pad(batch, count, phase);
    const outputs = batchResults(phase, batch, rows);
    if (phase.penalty !== undefined) outputs[phase.penalty] = this.#memory.scalar;
    const feeds = { ...this.#batchFeeds(phase, batch, rows, count), ...this.#testWeights };
    await this.#test.runInto(feeds, outputs);
    return phase.penalty === undefined ? 0 : this.#memory.scalar.data[0]!;
  }

  /** Puts the moving average of the weights in their place (Keras's `finalize_variable_values`), or exchanges both. */
  useAverage(how: "take" | "exchange"): void {
    const { kernels, spans } = this.#memory;
    if (how === "take") takeAverage(kernels, spans);
    else exchangeAverage(kernels, spans);
  }

  /** See `TrainMemory.read`. */
  read(iteration: number, withSlots: boolean): TrainState & { readonly finite: boolean } {
    return this.#memory.read(iteration, withSlots);
  }

  /** See `TrainMemory.writePiece`. */
  writePiece(piece: StatePiece): void {
    this.#memory.writePiece(piece);
    this.#broken = false;
  }

  async close(): Promise<void> {
    await this.#train.close();
    await this.#test?.close();
  }

  #batchFeeds(phase: PhaseProgram, batch: BatchBuffer, rows: number, count: number): Tensors {
    const feeds: Record<string, Tensor> = {
      [phase.x]: rowsOf(rows, phase.xShape, batch.x(rows, sizeOf(phase.xShape))),
    };
    for (const [index, { target, weights, targetShape }] of phase.outputs.entries()) {
      const regions = batch.outputs[index]!;
      if (target !== undefined) {
        feeds[target] = rowsOf(rows, targetShape, regions.target(rows, sizeOf(targetShape)));
      }
      if (weights !== undefined) feeds[weights] = rowsOf(rows, [], regions.weights(rows));
    }
    if (phase.count !== undefined) {
      this.#memory.count.data[0] = count;
      feeds[phase.count] = this.#memory.count;
    }
    return feeds;
  }
}

/** Fills a second row with zeros where there is only one and it must not be alone. */
function pad(batch: BatchBuffer, count: number, phase: PhaseProgram): number {
  if (count > 1 || phase.mixesBatch) return count;
  const fill = (region: Float32Array) => region.fill(0, region.length / 2);
  fill(batch.x(2, sizeOf(phase.xShape)));
  for (const [index, { targetShape }] of phase.outputs.entries()) {
    fill(batch.outputs[index]!.target(2, sizeOf(targetShape)));
    fill(batch.outputs[index]!.weights(2));
  }
  return 2;
}

/** Where predictions and losses are written to. */
function batchResults(phase: PhaseProgram, batch: BatchBuffer, rows: number): Record<string, Tensor> {
  const results: Record<string, Tensor> = {};
  for (const [index, { prediction, losses, predictionShape }] of phase.outputs.entries()) {
    const regions = batch.outputs[index]!;
    results[prediction] = rowsOf(rows, predictionShape, regions.prediction(rows, sizeOf(predictionShape)));
    if (losses !== undefined) results[losses] = rowsOf(rows, [], regions.losses(rows));
  }
  return results;
}

function rowsOf(rows: number, shape: readonly number[], data: Float32Array): Tensor<"float32"> {
  return { dtype: "float32", shape: [rows, ...shape], data };
}
