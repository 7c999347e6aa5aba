import { PermafrostError } from "../../base/errors.ts";
import type { TrainingKernels } from "../../base/trainingKernels.ts";
import { instantiateKernels } from "../../base/wasm.ts";
import type { Tensors } from "../../engine/session.ts";
import { applyConstraint } from "../../layers/constraints.ts";
import type { ParameterSpans } from "../../optimizers/optimizer.ts";
import { Arena, type Span } from "../../tensor/arena.ts";
import { bindBatch, elementsPerSample } from "../../tensor/shape.ts";
import { sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { StatePiece } from "./statePieces.ts";
import type { DrawnInput, PhaseProgram, TrainProgram, TrainState } from "./trainProgram.ts";

/**
 * The memory of a training run: weights, gradients, slots, moving statistics and dropout masks in one arena. ONNX Runtime writes the
 * gradients there, the optimizer's kernels read them there.
 */
export class TrainMemory {
  readonly kernels: TrainingKernels;
  /** In the order of the program's parameters. */
  readonly spans: readonly ParameterSpans[];
  /** By the names of the training graph's outputs. */
  readonly gradients: Tensors;
  /** Where the training graph writes moving statistics, by the names of its outputs. */
  readonly nextStatistics: Tensors;
  /** A number for the graph to read, and one for it to write. */
  readonly count: Tensor<"float32">;
  readonly scalar: Tensor<"float32">;
  readonly #program: TrainProgram;
  readonly #arena: Arena;
  /** In the order of the program's statistics. */
  readonly #statistics: readonly { readonly now: Span; readonly next: Span }[];
  readonly #drawn: ReadonlyMap<DrawnInput, Span>;

  /** @param slots - The arrays that the optimizer keeps for each weight: names and what fills them at first. */
  constructor(program: TrainProgram, slots: Readonly<Record<string, number>>) {
    const { parameters, statistics, layout, train } = program;
    const copies = 2 + Object.keys(slots).length;
    const drawnLength = ({ shape }: DrawnInput) => elementsPerSample(shape) * layout.capacity;
    this.#program = program;
    this.#arena = new Arena(
      Arena.bytesFor([
        ...parameters.flatMap(({ shape }) => Array.from({ length: copies }, () => sizeOf(shape))),
        ...statistics.flatMap(({ shape }) => [sizeOf(shape), sizeOf(shape)]),
        ...train.drawn.map(drawnLength),
        ...[1, 1],
      ]),
    );
    const allocate = (length: number) => this.#arena.allocate(length);
    const allocateSlot = (length: number, value: number): Span => {
      const span = allocate(length);
      if (value !== 0) this.#arena.view(span).fill(value);
      return span;
    };
    this.spans = parameters.map(({ path, rate, shape }) => ({
      path,
      rate,
      weight: allocate(sizeOf(shape)),
      gradient: allocate(sizeOf(shape)),
      slots: Object.fromEntries(
        Object.entries(slots).map(([name, value]) => [name, allocateSlot(sizeOf(shape), value)]),
      ),
    }));
    this.#statistics = statistics.map(({ shape }) => ({
      now: allocate(sizeOf(shape)),
      next: allocate(sizeOf(shape)),
    }));
    this.nextStatistics = Object.fromEntries(
      statistics.map(({ next, shape }, index) => [
        next,
        this.#arena.tensor(this.#statistics[index]!.next, shape),
      ]),
    );
    this.#drawn = new Map(train.drawn.map((input) => [input, allocate(drawnLength(input))]));
    this.count = this.#arena.tensor(allocate(1), []);
    this.scalar = this.#arena.tensor(allocate(1), []);
    this.gradients = Object.fromEntries(
      parameters.map(({ gradient, shape }, index) => [
        gradient,
        this.#arena.tensor(this.spans[index]!.gradient, shape),
      ]),
    );
    this.kernels = instantiateKernels("training", this.#arena.memory);
  }

  /** The weights that a graph uses, by the names of its inputs; live. */
  weightFeeds(phase: PhaseProgram): Tensors {
    const { parameters, statistics } = this.#program;
    const spans = this.#weightSpans();
    const tensors = new Map(
      [...parameters, ...statistics].map(({ path, shape }, place) => [
        path,
        this.#arena.tensor(spans[place]!, shape),
      ]),
    );
    const feeds: Record<string, Tensor> = {};
    for (const { path, input } of phase.parameters) {
      const tensor = tensors.get(path);
      if (tensor === undefined)
        throw new PermafrostError("INTERNAL", `internal: weight ${path} has no memory.`);
      feeds[input] = tensor;
    }
    return feeds;
  }

  /** Makes the moving statistics that the last run of the training graph wrote the current ones. */
  takeStatistics(): void {
    for (const { now, next } of this.#statistics) this.#arena.view(now).set(this.#arena.view(next));
  }

  /** All weights in the order of `TrainState.weights`. */
  #weightSpans(): readonly Span[] {
    return [...this.spans.map(({ weight }) => weight), ...this.#statistics.map(({ now }) => now)];
  }

  /** Brings the weights back to what their constraints allow. */
  constrain(): void {
    for (const [index, { constraint }] of this.#program.parameters.entries()) {
      if (constraint !== undefined) applyConstraint(constraint, this.#arena.view(this.spans[index]!.weight));
    }
  }

  /**
   * New dropout masks and noise. They depend on layer key, step number and place alone: the same after a resume, whatever ran before.
   *
   * @param iteration - The step number.
   */
  draw(rows: number, iteration: number): Tensors {
    const feeds: Record<string, Tensor> = {};
    for (const [{ name, shape, draw, key }, span] of this.#drawn) {
      const bound = bindBatch(shape, rows);
      const stream = [key[0], key[1], iteration, 0] as const;
      if (draw.kind === "dropout")
        this.kernels.dropoutMask(span.offset, sizeOf(bound), 1 - draw.rate, ...stream);
      else this.kernels.normalNoise(span.offset, sizeOf(bound), draw.stddev, ...stream);
      feeds[name] = this.#arena.tensor(span, bound);
    }
    return feeds;
  }

  /** Copies of the weights, and whether all are finite numbers; with the optimizer's slots if asked for. */
  read(iteration: number, withSlots: boolean): TrainState & { readonly finite: boolean } {
    const copy = (span: Span) => this.#arena.view(span).slice();
    const copyAll = (spans: Readonly<Record<string, Span>>) =>
      Object.fromEntries(Object.entries(spans).map(([name, span]) => [name, copy(span)]));
    return {
      iteration,
      finite: this.#weightSpans().every(({ offset, length }) =>
        Number.isFinite(this.kernels.sumOfSquares(offset, length)),
      ),
      weights: this.#weightSpans().map(copy),
      slots: withSlots ? this.spans.map(({ slots }) => copyAll(slots)) : [],
    };
  }

  /** Sets a part of a weight or of one of its slots; a slot that this optimizer does not keep is left out. */
  writePiece({ place, slot, start, values }: StatePiece): void {
    const span = slot === undefined ? this.#weightSpans()[place] : this.spans[place]?.slots[slot];
    if (span !== undefined) this.#arena.view(span).set(values, start);
  }
}
