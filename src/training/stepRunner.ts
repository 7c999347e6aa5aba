import { PermafrostError } from "../base/errors.ts";
import type { TrainingKernels } from "../base/trainingKernels.ts";
import { instantiateKernels } from "../base/wasm.ts";
import type { Runtime } from "../engine/runtime.ts";
import type { Session, Tensors } from "../engine/session.ts";
import { resolveOptimizer } from "../optimizers/index.ts";
import type { Optimizer, ParameterSpans, StepInfo } from "../optimizers/optimizer.ts";
import { Arena, type Span } from "../tensor/arena.ts";
import { bindBatch, elementsPerSample } from "../tensor/shape.ts";
import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { BatchBuffer } from "./batchBuffer.ts";
import type { DropoutMask, PhaseProgram, TrainProgram, TrainState } from "./trainProgram.ts";

/**
 * Runs training steps in this thread. Weights, gradients, slots and masks live in one arena: ONNX Runtime writes the
 * gradients there, the optimizer's kernels read them there. The batch is read and written where it arrived.
 *
 * Products with fed weights have other bits for a batch of one row than for any other number of rows, so a lone
 * sample is given a second row of zeros with weight 0.
 */
export class StepRunner {
  readonly #program: TrainProgram;
  readonly #optimizer: Optimizer;
  readonly #train: Session;
  readonly #test: Session | undefined;
  readonly #arena: Arena;
  readonly #kernels: TrainingKernels;
  readonly #spansInOrder: readonly ParameterSpans[];
  readonly #trainWeights: Tensors;
  readonly #testWeights: Tensors;
  readonly #gradients: Tensors;
  readonly #masks: ReadonlyMap<DropoutMask, Span>;
  readonly #count: Tensor<"float32">;
  readonly #scalar: Tensor<"float32">;
  #broken = false;

  private constructor(program: TrainProgram, train: Session, test: Session | undefined) {
    const { parameters, layout } = program;
    this.#program = program;
    this.#train = train;
    this.#test = test;
    this.#optimizer = resolveOptimizer(program.optimizer);
    const slots = this.#optimizer.slots;
    const copies = 2 + slots.length;
    const maskLength = ({ shape }: DropoutMask) => elementsPerSample(shape) * layout.capacity;
    this.#arena = new Arena(
      Arena.bytesFor([
        ...parameters.flatMap(({ shape }) => Array.from({ length: copies }, () => sizeOf(shape))),
        ...program.train.masks.map(maskLength),
        1,
        1,
      ]),
    );
    const allocate = (length: number) => this.#arena.allocate(length);
    this.#spansInOrder = parameters.map(({ shape }) => ({
      weight: allocate(sizeOf(shape)),
      gradient: allocate(sizeOf(shape)),
      slots: Object.fromEntries(slots.map((slot) => [slot, allocate(sizeOf(shape))])),
    }));
    const gradients = parameters.map(({ gradient, shape }, index) => {
      return [gradient, this.#arena.tensor(this.#spansInOrder[index]!.gradient, shape)] as const;
    });
    this.#gradients = Object.fromEntries(gradients);
    this.#trainWeights = this.#weightFeeds(program.train);
    this.#testWeights = program.test === undefined ? {} : this.#weightFeeds(program.test);
    this.#masks = new Map(program.train.masks.map((mask) => [mask, allocate(maskLength(mask))]));
    this.#count = this.#arena.tensor(allocate(1), []);
    this.#scalar = this.#arena.tensor(allocate(1), []);
    this.#kernels = instantiateKernels("training", this.#arena.memory);
  }

  static async create(runtime: Runtime, program: TrainProgram): Promise<StepRunner> {
    const train = await runtime.load(program.train.model, program.threads);
    const test = program.test && (await runtime.load(program.test.model, program.threads));
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
    const rows = pad(batch, count, phase);
    const feeds = {
      ...this.#batchFeeds(phase, batch, rows, count),
      ...this.#trainWeights,
      ...this.#drawMasks(rows, info.iteration),
    };
    await this.#train.runInto(feeds, {
      [phase.outputs.loss]: this.#scalar,
      [phase.outputs.prediction]: predictionTensor(phase, batch, rows),
      ...this.#gradients,
    });
    const loss = this.#scalar.data[0]!;
    if (Number.isFinite(loss)) this.#optimizer.step(this.#kernels, this.#spansInOrder, info);
    else this.#broken = true;
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
    const losses: Tensor = { dtype: "float32", shape: [rows], data: batch.losses(rows) };
    const outputs: Record<string, Tensor> = {
      [phase.outputs.prediction]: predictionTensor(phase, batch, rows),
      [phase.outputs.loss]: losses,
    };
    if (phase.outputs.penalty !== undefined) outputs[phase.outputs.penalty] = this.#scalar;
    const feeds = { ...this.#batchFeeds(phase, batch, rows, count), ...this.#testWeights };
    await this.#test.runInto(feeds, outputs);
    return phase.outputs.penalty === undefined ? 0 : this.#scalar.data[0]!;
  }

  /** Copies of the weights and, if asked for, of the optimizer's slots. */
  read(iteration: number, withSlots: boolean): TrainState & { readonly finite: boolean } {
    const copy = (span: Span) => this.#arena.view(span).slice();
    return {
      iteration,
      finite: this.#spansInOrder.every(({ weight }) =>
        Number.isFinite(this.#kernels.sumOfSquares(weight.offset, weight.length)),
      ),
      weights: this.#spansInOrder.map(({ weight }) => copy(weight)),
      slots: withSlots
        ? this.#spansInOrder.map(({ slots }) =>
            Object.fromEntries(Object.entries(slots).map(([name, span]) => [name, copy(span)])),
          )
        : [],
    };
  }

  /** Sets weights and, where given, slots. */
  write({ weights, slots }: TrainState): void {
    for (const [index, spans] of this.#spansInOrder.entries()) {
      this.#arena.view(spans.weight).set(weights[index]!);
      for (const [name, values] of Object.entries(slots[index] ?? {})) {
        const span = spans.slots[name];
        if (span !== undefined) this.#arena.view(span).set(values);
      }
    }
    this.#broken = false;
  }

  async close(): Promise<void> {
    await this.#train.close();
    await this.#test?.close();
  }

  #weightFeeds(phase: PhaseProgram): Tensors {
    const { parameters } = this.#program;
    const index = new Map(parameters.map(({ path }, place) => [path, place]));
    const feeds: Record<string, Tensor> = {};
    for (const { path, input } of phase.parameters) {
      const place = index.get(path);
      if (place === undefined)
        throw new PermafrostError("INTERNAL", `internal: weight ${path} has no memory.`);
      feeds[input] = this.#arena.tensor(this.#spansInOrder[place]!.weight, parameters[place]!.shape);
    }
    return feeds;
  }

  #batchFeeds(phase: PhaseProgram, batch: BatchBuffer, rows: number, count: number): Tensors {
    const feeds: Record<string, Tensor> = {};
    const { x, target, weights, count: countName } = phase.inputs;
    const sample = (shape: readonly number[], data: Float32Array): Tensor => {
      return { dtype: "float32", shape: [rows, ...shape], data };
    };
    if (x !== undefined) feeds[x] = sample(phase.xShape, batch.x(rows, sizeOf(phase.xShape)));
    if (target !== undefined) {
      feeds[target] = sample(phase.targetShape, batch.target(rows, sizeOf(phase.targetShape)));
    }
    if (weights !== undefined) feeds[weights] = sample([], batch.weights(rows));
    if (countName !== undefined) {
      this.#count.data[0] = count;
      feeds[countName] = this.#count;
    }
    return feeds;
  }

  /** Masks depend on layer key, step number and place alone: the same after a resume, whatever ran before. */
  #drawMasks(rows: number, iteration: number): Tensors {
    const feeds: Record<string, Tensor> = {};
    for (const [mask, span] of this.#masks) {
      const shape = bindBatch(mask.shape, rows);
      this.#kernels.dropoutMask(
        span.offset,
        sizeOf(shape),
        1 - mask.rate,
        mask.key[0],
        mask.key[1],
        iteration,
        0,
      );
      feeds[mask.name] = this.#arena.tensor(span, shape);
    }
    return feeds;
  }
}

/** Fills a second row with zeros where there is only one. */
function pad(batch: BatchBuffer, count: number, phase: PhaseProgram): number {
  if (count > 1) return count;
  for (const [region, size] of [
    [batch.x(2, sizeOf(phase.xShape)), sizeOf(phase.xShape)],
    [batch.target(2, sizeOf(phase.targetShape)), sizeOf(phase.targetShape)],
    [batch.weights(2), 1],
  ] as const) {
    region.fill(0, count * size);
  }
  return 2;
}

function predictionTensor(phase: PhaseProgram, batch: BatchBuffer, rows: number): Tensor {
  const { predictionShape } = phase;
  return {
    dtype: "float32",
    shape: [rows, ...predictionShape],
    data: batch.prediction(rows, sizeOf(predictionShape)),
  };
}
