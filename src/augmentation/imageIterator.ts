import { randomInt } from "node:crypto";
import { PermafrostError } from "../base/errors.ts";
import { type EncodedFormat, encodedFormats } from "../images/encode.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { type BatchSchedule, LegacySchedule, type PlannedBatch, SeededSchedule } from "./batchSchedule.ts";
import { booleanFrom, invalid, oneOf, wholeFrom } from "./checks.ts";
import { mapConcurrently } from "./concurrently.ts";
import {
  checkDrawPolicy,
  type Draw,
  type DrawPolicy,
  drawNumber,
  effectivePolicy,
  sampleDraw,
} from "./draw.ts";
import type { FloatImage } from "./floatImage.ts";
import type { ImageTransformer } from "./imageTransformer.ts";
import type { SampleSource } from "./sampleSource.ts";
import { savePicture } from "./savePicture.ts";

export interface IteratorOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Default true. */
  readonly shuffle?: boolean;
  /** Default: one by chance, to be read from the iterator (with compat null, as Keras, for none). */
  readonly seed?: number | null;
  /** Which draw of an image an epoch uses; default "fresh". With compat every draw is fresh. */
  readonly draws?: DrawPolicy;
  /** Folder in which every picture of a batch is written down, for looking at. It must exist. */
  readonly saveToDir?: string | null;
  readonly savePrefix?: string;
  /** "png" (default), "jpeg" or "jpg". */
  readonly saveFormat?: EncodedFormat;
  /** A file that cannot be read: stop with an error (default), or leave it out of its batch and list it in `skipped`. */
  readonly unreadable?: "error" | "skip";
}

export const iteratorOptionNames = [
  ...["batchSize", "shuffle", "seed", "draws", "saveToDir", "savePrefix", "saveFormat", "unreadable"],
] as const;

/** One step's pictures and what belongs to them. */
export interface ImageBatch {
  /** [batch, height, width, channels]. */
  readonly x: Tensor<"float32">;
  /** Labels as the class mode says; several for "multi_output"; absent for class mode null. */
  readonly y?: Tensor | readonly Tensor[];
  /** [batch]. */
  readonly sampleWeight?: Tensor<"float32">;
  /** What was given beside the pictures, in the same order. */
  readonly extras?: readonly Tensor[];
  /** Which samples these are. */
  readonly indices: Uint32Array;
}

/** A file that was left out, and why. */
export interface SkippedImage {
  readonly path: string;
  readonly reason: string;
}

/**
 * Batches of transformed pictures, without end: `next()`, `for await`, or `get(i)` with `onEpochEnd()`.
 *
 * The order and all random numbers are decided when a batch is asked for, so batches may be asked for ahead.
 */
export class ImageIterator implements AsyncIterable<ImageBatch> {
  /** Number of samples; `samples` is Keras's other name for it. */
  readonly n: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** null with compat and no seed: then the generator's own stream goes on. */
  readonly seed: number | null;
  /** Whether the seed was given; otherwise another run will have other draws. */
  readonly isSeeded: boolean;
  readonly draws: DrawPolicy;
  readonly generator: ImageTransformer;
  readonly source: SampleSource;
  readonly #schedule: BatchSchedule;
  readonly #skipped = new Map<string, SkippedImage>();
  readonly #saving:
    | { readonly folder: string; readonly prefix: string; readonly format: EncodedFormat }
    | undefined;
  readonly #skips: boolean;

  constructor(generator: ImageTransformer, source: SampleSource, options: IteratorOptions) {
    this.generator = generator;
    this.source = source;
    this.n = source.n;
    this.batchSize = wholeFrom("batchSize", options.batchSize ?? 32, 1);
    this.shuffle = booleanFrom("shuffle", options.shuffle ?? true);
    const legacy = generator.legacyRandom;
    this.seed = seedFrom(options.seed ?? null, legacy !== undefined);
    this.isSeeded = (options.seed ?? null) !== null;
    this.draws = effectivePolicy(checkDrawPolicy(options.draws ?? "fresh"), generator.pipeline);
    if (legacy !== undefined && (options.draws ?? "fresh") !== "fresh") {
      throw invalid(
        "draws",
        '"fresh" with compat, as Keras has no other',
        options.draws,
        "Leave compat out.",
      );
    }
    const order = { n: this.n, batchSize: this.batchSize, shuffle: this.shuffle };
    this.#schedule =
      legacy === undefined
        ? new SeededSchedule(order, this.seed ?? 0)
        : new LegacySchedule(order, this.seed, legacy);
    const format = oneOf("saveFormat", options.saveFormat ?? "png", encodedFormats);
    const folder = options.saveToDir ?? undefined;
    this.#saving = folder === undefined ? undefined : { folder, prefix: options.savePrefix ?? "", format };
    this.#skips = oneOf("unreadable", options.unreadable ?? "error", ["error", "skip"]) === "skip";
  }

  get samples(): number {
    return this.n;
  }

  /** Batches in a pass; the last one may be smaller. */
  get length(): number {
    return Math.ceil(this.n / this.batchSize);
  }

  get batchIndex(): number {
    return this.#schedule.batchIndex;
  }

  get totalBatchesSeen(): number {
    return this.#schedule.totalBatchesSeen;
  }

  /** [height, width, channels]. */
  get imageShape(): readonly [number, number, number] {
    const { height, width, channels } = this.source.imageShape;
    return [height, width, channels];
  }

  /** Files left out so far, each once, by path. */
  get skipped(): readonly SkippedImage[] {
    return [...this.#skipped.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The next batch of an endless sequence of passes. */
  async next(): Promise<ImageBatch> {
    this.#requireSamples();
    return await this.#render(this.#prepare(this.#schedule.next()));
  }

  /**
   * Batch number i of the present epoch.
   *
   * @throws PermafrostError INVALID_ARGUMENT outside 0 to length - 1.
   */
  async get(i: number): Promise<ImageBatch> {
    if (!Number.isInteger(i) || i < 0 || i >= this.length) {
      throw invalid("batch number", `a whole number from 0 to ${this.length - 1}`, i);
    }
    return await this.#render(this.#prepare(this.#schedule.at(i)));
  }

  /** Begins the next epoch of `get`. */
  onEpochEnd(): void {
    this.#schedule.endEpoch();
  }

  /** `next` begins with the first batch again. */
  reset(): void {
    this.#schedule.reset();
  }

  /** Goes to the beginning of an epoch, such as the one at which a run was interrupted. Without compat only. */
  seek(epoch: number): void {
    if (!(this.#schedule instanceof SeededSchedule)) {
      throw invalid("seek", "a generator without compat", this.generator.pipeline.compat);
    }
    this.#schedule.seek(wholeFrom("epoch", epoch, 0));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ImageBatch, never, undefined> {
    for (;;) yield await this.next();
  }

  #requireSamples(): void {
    if (this.n > 0 && this.#skipped.size < this.n) return;
    throw new PermafrostError(
      "DATA_EMPTY",
      `${this.source.description}: expected at least one picture, found ${this.n === 0 ? "none" : "none that can be read"}. ` +
        "Check the folder, its class folders and the files' endings.",
    );
  }

  /** Everything that takes random numbers, at once and in Keras's order. */
  #prepare(planned: PlannedBatch): PreparedBatch {
    const { generator, source } = this;
    const legacy = generator.legacyRandom;
    if (legacy === undefined) return { ...planned, transforms: undefined, hashes: undefined };
    const transforms = Array.from(planned.indices, () => generator.getRandomTransform(source.imageShape));
    const hashes = this.#saving && Array.from(planned.indices, () => legacy.integer(source.hashBound));
    return { ...planned, transforms, hashes };
  }

  async #render(batch: PreparedBatch): Promise<ImageBatch> {
    const rendered = await mapConcurrently([...batch.indices], 8, async (index, position) => {
      try {
        return { index, position, image: await this.#renderSample(batch, index, position) };
      } catch (error) {
        if (!this.#skips || !(error instanceof PermafrostError) || !this.source.isUnreadable(error))
          throw error;
        const path = this.source.nameOf(index);
        this.#skipped.set(path, { path, reason: error.message });
        return undefined;
      }
    });
    const kept = rendered.filter((sample) => sample !== undefined);
    if (kept.length === 0) return await this.next();
    if (this.#saving) await this.#save(batch, kept);
    return this.#assemble(kept);
  }

  async #renderSample(batch: PreparedBatch, index: number, position: number): Promise<FloatImage> {
    const { image, digest } = await this.source.load(index);
    const parameters = batch.transforms?.[position];
    const draw: Draw | undefined =
      parameters === undefined
        ? this.#drawOf(digest(), batch.epoch)
        : { kind: "generator", number: batch.epoch, parameters };
    return this.generator.standardize(this.generator.applyDraw(image, draw));
  }

  #drawOf(imageDigest: string, epoch: number): Draw | undefined {
    const seed = this.seed ?? 0;
    const number = drawNumber(this.draws, epoch, seed, imageDigest);
    if (number === undefined) return undefined;
    const shape = this.source.imageShape;
    return sampleDraw(this.generator.pipeline, { seed, imageDigest, number, shape });
  }

  async #save(batch: PreparedBatch, kept: readonly RenderedSample[]): Promise<void> {
    const saving = this.#saving;
    if (saving === undefined) return;
    for (const { index, position, image } of kept) {
      const hash = batch.hashes?.[position] ?? batch.epoch;
      await savePicture(image, saving.folder, `${saving.prefix}_${index}_${hash}`, saving.format);
    }
  }

  #assemble(kept: readonly RenderedSample[]): ImageBatch {
    const { height, width, channels } = kept[0]!.image;
    const size = height * width * channels;
    const data = new Float32Array(kept.length * size);
    for (const [i, { image }] of kept.entries()) data.set(image.data, i * size);
    const x = float32([kept.length, height, width, channels], data);
    const indices = Uint32Array.from(kept, ({ index }) => index);
    return { x, ...this.source.targets(indices, x), indices };
  }
}

interface PreparedBatch extends PlannedBatch {
  /** With compat: drawn ahead from the one stream. */
  readonly transforms: readonly ReturnType<ImageTransformer["getRandomTransform"]>[] | undefined;
  readonly hashes: readonly number[] | undefined;
}

interface RenderedSample {
  readonly index: number;
  readonly position: number;
  readonly image: FloatImage;
}

function seedFrom(seed: number | null, isLegacy: boolean): number | null {
  if (seed === null) return isLegacy ? null : randomInt(2 ** 32);
  return wholeFrom("seed", seed, 0);
}
