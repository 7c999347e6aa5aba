import { sizeOf } from "../tensor/tensor.ts";

/** How many floats of each kind a batch has room for. */
export interface BatchLayout {
  /** Rows. At least 2: a batch of one is padded (see StepRunner). */
  readonly capacity: number;
  /** Floats a sample, the larger of training and testing. */
  readonly x: number;
  readonly target: number;
  readonly prediction: number;
}

/** What the layout must hold: shapes of one sample. */
export interface SampleShapes {
  readonly xShape: readonly number[];
  readonly targetShape: readonly number[];
  readonly predictionShape: readonly number[];
}

export function batchLayout(capacity: number, phases: readonly SampleShapes[]): BatchLayout {
  const most = (shapeOf: (phase: SampleShapes) => readonly number[]) =>
    Math.max(...phases.map((phase) => sizeOf(shapeOf(phase))));
  return {
    capacity: Math.max(2, capacity),
    x: most((phase) => phase.xShape),
    target: most((phase) => phase.targetShape),
    prediction: most((phase) => phase.predictionShape),
  };
}

/**
 * One batch in one block of memory that moves between the threads and back: samples, targets, weights on the way there,
 * predictions and losses on the way back. Nothing is copied on the way, nothing is left to collect.
 */
export class BatchBuffer {
  readonly layout: BatchLayout;
  readonly storage: ArrayBuffer;

  constructor(layout: BatchLayout, storage = new ArrayBuffer(bytesOf(layout))) {
    this.layout = layout;
    this.storage = storage;
  }

  /** The first `rows` samples, `size` floats each. */
  x(rows: number, size = this.layout.x): Float32Array {
    return this.#region(0, rows * size);
  }

  target(rows: number, size = this.layout.target): Float32Array {
    return this.#region(this.layout.x, rows * size);
  }

  /** Sample weights. */
  weights(rows: number): Float32Array {
    return this.#region(this.layout.x + this.layout.target, rows);
  }

  /** One loss a sample (testing). */
  losses(rows: number): Float32Array {
    return this.#region(this.layout.x + this.layout.target + 1, rows);
  }

  prediction(rows: number, size = this.layout.prediction): Float32Array {
    return this.#region(this.layout.x + this.layout.target + 2, rows * size);
  }

  /** @param before - Floats a sample in the regions before this one. */
  #region(before: number, length: number): Float32Array {
    return new Float32Array(this.storage, before * this.layout.capacity * 4, length);
  }
}

function bytesOf({ capacity, x, target, prediction }: BatchLayout): number {
  return 4 * capacity * (x + target + 2 + prediction);
}
