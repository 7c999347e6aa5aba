import { Random } from "../base/random.ts";
import type { LegacyRandom } from "./legacyRandom.ts";

/** Which samples a batch has. */
export interface PlannedBatch {
  readonly indices: Uint32Array;
  /** Counted from 0. */
  readonly epoch: number;
}

/** Decides the order of samples. `next` and `at` also move the generator on, so they are called in order. */
export interface BatchSchedule {
  readonly batchIndex: number;
  readonly totalBatchesSeen: number;
  next(): PlannedBatch;
  at(batch: number): PlannedBatch;
  /** Begins a new order for `at`. */
  endEpoch(): void;
  /** The next batch of `next` is the first of its pass. */
  reset(): void;
}

export interface ScheduleOptions {
  readonly n: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
}

/** Samples `start` to `start + batchSize` of an order, and whether that was its end. */
function slice(order: Uint32Array, batch: number, { n, batchSize }: ScheduleOptions) {
  const start = batch * batchSize;
  return { indices: order.slice(start, start + batchSize), isLast: start + batchSize >= n };
}

/**
 * Our own order: it depends on seed and epoch alone, as `batchOrder` of a data set. `next` and `at` give the same batches, and any
 * epoch can be taken up with `seek`.
 */
export class SeededSchedule implements BatchSchedule {
  readonly #options: ScheduleOptions;
  readonly #seed: number;
  #epoch = 0;
  #batchIndex = 0;
  #seen = 0;
  #order: { readonly epoch: number; readonly indices: Uint32Array } | undefined;

  constructor(options: ScheduleOptions, seed: number) {
    this.#options = options;
    this.#seed = seed;
  }

  get batchIndex(): number {
    return this.#batchIndex;
  }

  get totalBatchesSeen(): number {
    return this.#seen;
  }

  next(): PlannedBatch {
    const epoch = this.#epoch;
    const { indices, isLast } = slice(this.#orderOf(epoch), this.#batchIndex, this.#options);
    this.#batchIndex = isLast ? 0 : this.#batchIndex + 1;
    if (isLast) this.#epoch++;
    this.#seen++;
    return { indices, epoch };
  }

  at(batch: number): PlannedBatch {
    this.#seen++;
    return { indices: slice(this.#orderOf(this.#epoch), batch, this.#options).indices, epoch: this.#epoch };
  }

  endEpoch(): void {
    this.seek(this.#epoch + 1);
  }

  reset(): void {
    this.#batchIndex = 0;
  }

  /** Goes to the first batch of an epoch. */
  seek(epoch: number): void {
    this.#epoch = epoch;
    this.#batchIndex = 0;
  }

  #orderOf(epoch: number): Uint32Array {
    if (this.#order?.epoch === epoch) return this.#order.indices;
    const { n, shuffle } = this.#options;
    const indices = shuffle ? new Random(this.#seed, "shuffle", epoch).permutation(n) : natural(n);
    this.#order = { epoch, indices };
    return indices;
  }
}

/**
 * Keras's order: NumPy's generator is seeded anew with `seed + batches seen` before each batch, and a new order is drawn before
 * the first batch of a pass (`next`), or once and by `endEpoch` (`at`). The numbers that follow go to the transforms.
 */
export class LegacySchedule implements BatchSchedule {
  readonly #options: ScheduleOptions;
  readonly #seed: number | null;
  readonly #random: LegacyRandom;
  #epoch = 0;
  #batchIndex = 0;
  #seen = 0;
  #order: Uint32Array | undefined;

  constructor(options: ScheduleOptions, seed: number | null, random: LegacyRandom) {
    this.#options = options;
    this.#seed = seed;
    this.#random = random;
  }

  get batchIndex(): number {
    return this.#batchIndex;
  }

  get totalBatchesSeen(): number {
    return this.#seen;
  }

  next(): PlannedBatch {
    this.#reseed();
    const order = this.#batchIndex === 0 || this.#order === undefined ? this.#newOrder() : this.#order;
    const epoch = this.#epoch;
    const { indices, isLast } = slice(order, this.#batchIndex, this.#options);
    this.#batchIndex = isLast ? 0 : this.#batchIndex + 1;
    if (isLast) this.#epoch++;
    this.#seen++;
    return { indices, epoch };
  }

  at(batch: number): PlannedBatch {
    this.#reseed();
    this.#seen++;
    const order = this.#order ?? this.#newOrder();
    return { indices: slice(order, batch, this.#options).indices, epoch: this.#epoch };
  }

  endEpoch(): void {
    this.#epoch++;
    this.#newOrder();
  }

  reset(): void {
    this.#batchIndex = 0;
  }

  #reseed(): void {
    if (this.#seed !== null) this.#random.seed(this.#seed + this.#seen);
  }

  #newOrder(): Uint32Array {
    const { n, shuffle } = this.#options;
    this.#order = shuffle ? this.#random.permutation(n) : natural(n);
    return this.#order;
  }
}

function natural(n: number): Uint32Array {
  return Uint32Array.from({ length: n }, (_, index) => index);
}
