import type { Tensor } from "../tensor/tensor.ts";
import { batchRows } from "./rows.ts";

/** A number, or a list of them, that is gathered batch by batch. */
export interface Metric {
  /** As the user gave it: "acc" stays "acc". */
  readonly name: string;
  /** Its result is a list: one number a class or threshold. Such a metric has no place in a history. */
  readonly isList: boolean;
  /**
   * Takes up one batch.
   *
   * @param predictions - [n, outputs], [n], or [n, ...positions, outputs], where each position counts as a sample.
   * @param targets - The same shape; or, where the metric says so, class numbers, with 1 in place of the outputs or without it.
   * @param weights - One a sample; left out: all 1.
   * @throws PermafrostError SHAPE_MISMATCH when they do not fit each other.
   */
  update(predictions: Tensor<"float32">, targets: Tensor<"float32">, weights?: ArrayLike<number>): void;
  /** The value over everything taken up since the last reset. */
  result(): number | readonly number[];
  reset(): void;
  /** What was gathered so far, for a checkpoint in the middle of an epoch, ... */
  getState(): readonly number[];
  /** ... and how it is put back, to the bit. */
  setState(state: readonly number[]): void;
  /** The same metric with nothing gathered: what is given to `compile` is never written to. */
  fresh(): Metric;
}

export interface MetricOptions {
  /** Key in the history. Default: Keras's. */
  readonly name?: string;
}

/** How a metric gathers: pure functions over a list of sums. */
export interface Gathering {
  /** How many sums it needs for rows of so many outputs. */
  readonly sums: (outputs: number) => number;
  /** Adds one row: the outputs of one sample, or of one position of it, and its targets. */
  readonly add: (sums: Float64Array, prediction: Float32Array, target: Float32Array, weight: number) => void;
  /** Of sums that may all be 0. */
  readonly result: (sums: Float64Array) => number | readonly number[];
  /** Default false. */
  readonly isList?: boolean;
  /** Targets of a whole batch in the form in which rows are added. Default: as they are. */
  readonly readTargets?: (targets: Float32Array) => Float32Array;
}

/** A metric from the way it gathers. */
export class GatheredMetric implements Metric {
  readonly name: string;
  readonly isList: boolean;
  readonly #gathering: Gathering;
  #sums: Float64Array | undefined;

  constructor(name: string, gathering: Gathering) {
    this.name = name;
    this.isList = gathering.isList ?? false;
    this.#gathering = gathering;
  }

  update(predictions: Tensor<"float32">, targets: Tensor<"float32">, weights?: ArrayLike<number>): void {
    const { add, sums, readTargets } = this.#gathering;
    const rows = batchRows(this.name, predictions, targets, weights);
    const data = readTargets === undefined ? rows.targets : readTargets(rows.targets);
    this.#sums ??= new Float64Array(sums(rows.outputs));
    for (let row = 0; row < rows.count; row++) {
      const prediction = rows.predictions.subarray(row * rows.outputs, (row + 1) * rows.outputs);
      const target = data.subarray(row * rows.width, (row + 1) * rows.width);
      add(this.#sums, prediction, target, weights?.[Math.floor(row / rows.positions)] ?? 1);
    }
  }

  result(): number | readonly number[] {
    return this.#gathering.result(this.#sums ?? new Float64Array(this.#gathering.sums(1)));
  }

  reset(): void {
    this.#sums = undefined;
  }

  getState(): readonly number[] {
    return [...(this.#sums ?? [])];
  }

  setState(state: readonly number[]): void {
    this.#sums = state.length === 0 ? undefined : Float64Array.from(state);
  }

  fresh(): Metric {
    return new GatheredMetric(this.name, this.#gathering);
  }

  /** The same way of gathering under another name. */
  renamed(name: string): Metric {
    return new GatheredMetric(name, this.#gathering);
  }
}

/** 0 where the whole is 0, as Keras divides counts. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
