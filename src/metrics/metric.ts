import { PermafrostError } from "../base/errors.ts";
import { showShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A number that is gathered batch by batch. */
export interface Metric {
  /** As the user gave it: "acc" stays "acc". */
  readonly name: string;
  /**
   * Takes up one batch.
   *
   * @param predictions - [n, outputs] or [n].
   * @param targets - The same shape, or class numbers [n] or [n, 1].
   * @param weights - One a sample; left out: all 1.
   */
  update(predictions: Tensor<"float32">, targets: Tensor<"float32">, weights?: ArrayLike<number>): void;
  /** The value over everything taken up since the last reset; 0 before the first batch. */
  result(): number;
  reset(): void;
  /** What was gathered so far, for a checkpoint in the middle of an epoch, ... */
  getState(): readonly number[];
  /** ... and how it is put back, to the bit. */
  setState(state: readonly number[]): void;
}

/** A running mean: sum of weight · value over sum of weights. */
class Mean {
  #sum = 0;
  #weight = 0;

  add(value: number, weight = 1): void {
    this.#sum += value * weight;
    this.#weight += weight;
  }

  /** 0 if nothing was added. */
  get value(): number {
    return this.#weight === 0 ? 0 : this.#sum / this.#weight;
  }

  reset(): void {
    this.#sum = 0;
    this.#weight = 0;
  }

  get state(): readonly number[] {
    return [this.#sum, this.#weight];
  }

  set state([sum = 0, weight = 0]: readonly number[]) {
    this.#sum = sum;
    this.#weight = weight;
  }
}

/** A metric that is the mean of a number for each sample. */
export class MeanMetric implements Metric {
  readonly name: string;
  readonly #ofSample: OfSample;
  readonly #mean = new Mean();

  constructor(name: string, ofSample: OfSample) {
    this.name = name;
    this.#ofSample = ofSample;
  }

  update(predictions: Tensor<"float32">, targets: Tensor<"float32">, weights?: ArrayLike<number>): void {
    const p = rowsOf(predictions);
    const t = rowsOf(targets);
    if (p.count !== t.count || (weights !== undefined && weights.length !== p.count)) {
      throw mismatch(this.name, predictions, targets);
    }
    for (let row = 0; row < p.count; row++) {
      const prediction = p.data.subarray(row * p.width, (row + 1) * p.width);
      const target = t.data.subarray(row * t.width, (row + 1) * t.width);
      this.#mean.add(this.#ofSample(prediction, target), weights?.[row] ?? 1);
    }
  }

  result(): number {
    return this.#mean.value;
  }

  reset(): void {
    this.#mean.reset();
  }

  getState(): readonly number[] {
    return this.#mean.state;
  }

  setState(state: readonly number[]): void {
    this.#mean.state = state;
  }
}

/** What one sample contributes. */
export type OfSample = (prediction: Float32Array, target: Float32Array) => number;

interface Rows {
  readonly count: number;
  readonly width: number;
  readonly data: Float32Array;
}

function rowsOf({ shape, data }: Tensor<"float32">): Rows {
  const count = shape[0] ?? 1;
  return { count, width: count === 0 ? 0 : data.length / count, data };
}

function mismatch(name: string, predictions: Tensor, targets: Tensor): PermafrostError {
  return new PermafrostError(
    "SHAPE_MISMATCH",
    `metric ${name}: predictions ${showShape(predictions.shape)} and targets ${showShape(targets.shape)} (and weights, if any) must have as many rows.`,
  );
}
