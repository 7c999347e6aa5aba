import { sizeOf } from "../../tensor/tensor.ts";

/** How many floats of each kind a batch has room for. */
export interface BatchLayout {
  /** Rows. At least 2: a batch of one is padded (see StepRunner). */
  readonly capacity: number;
  /** Floats a sample, the larger of training and testing. */
  readonly x: number;
  readonly outputs: readonly OutputLayout[];
}

/** Floats a sample of one output. */
interface OutputLayout {
  readonly target: number;
  readonly prediction: number;
}

/** Shapes of one sample in a phase of training. */
interface PhaseShapes {
  readonly xShape: readonly number[];
  readonly outputs: readonly {
    readonly targetShape: readonly number[];
    readonly predictionShape: readonly number[];
  }[];
}

export function batchLayout(capacity: number, phases: readonly PhaseShapes[]): BatchLayout {
  const most = (shapeOf: (phase: PhaseShapes) => readonly number[]) =>
    Math.max(...phases.map((phase) => sizeOf(shapeOf(phase))));
  return {
    capacity: Math.max(2, capacity),
    x: most((phase) => phase.xShape),
    outputs: phases[0]!.outputs.map((_, index) => ({
      target: most(({ outputs }) => outputs[index]!.targetShape),
      prediction: most(({ outputs }) => outputs[index]!.predictionShape),
    })),
  };
}

/**
 * One batch in one block of memory that moves between the threads and back: samples, and for each output targets and
 * weights on the way there, predictions and losses on the way back. Nothing is copied on the way, nothing is left to collect.
 */
export class BatchBuffer {
  readonly layout: BatchLayout;
  readonly storage: ArrayBuffer;
  /** The part of each output. */
  readonly outputs: readonly OutputRegions[];

  constructor(layout: BatchLayout, storage = new ArrayBuffer(bytesOf(layout))) {
    this.layout = layout;
    this.storage = storage;
    let before = layout.x;
    this.outputs = layout.outputs.map((output) => {
      const regions = new OutputRegions(storage, layout.capacity, before, output);
      before += floatsOf(output);
      return regions;
    });
  }

  /** The first `rows` samples, `size` floats each. */
  x(rows: number, size = this.layout.x): Float32Array {
    return new Float32Array(this.storage, 0, rows * size);
  }
}

/** What belongs to one output of the model in a batch. */
export class OutputRegions {
  readonly #storage: ArrayBuffer;
  readonly #capacity: number;
  readonly #before: number;
  readonly #layout: OutputLayout;

  /** @param before - Floats a sample in the regions before this one's. */
  constructor(storage: ArrayBuffer, capacity: number, before: number, layout: OutputLayout) {
    this.#storage = storage;
    this.#capacity = capacity;
    this.#before = before;
    this.#layout = layout;
  }

  target(rows: number, size = this.#layout.target): Float32Array {
    return this.#region(0, rows * size);
  }

  /** Sample weights. */
  weights(rows: number): Float32Array {
    return this.#region(this.#layout.target, rows);
  }

  /** One loss a sample. */
  losses(rows: number): Float32Array {
    return this.#region(this.#layout.target + 1, rows);
  }

  prediction(rows: number, size = this.#layout.prediction): Float32Array {
    return this.#region(this.#layout.target + 2, rows * size);
  }

  #region(offset: number, length: number): Float32Array {
    return new Float32Array(this.#storage, (this.#before + offset) * this.#capacity * 4, length);
  }
}

function floatsOf({ target, prediction }: OutputLayout): number {
  return target + 2 + prediction;
}

function bytesOf({ capacity, x, outputs }: BatchLayout): number {
  return 4 * capacity * outputs.reduce((sum, output) => sum + floatsOf(output), x);
}
