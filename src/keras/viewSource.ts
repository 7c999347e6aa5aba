import type { Preprocessing } from "../applications/preprocessing.ts";
import { bytesOf } from "../augmentation/byteViews.ts";
import { type DrawPolicy, drawNumber, sampleDraw } from "../augmentation/draw.ts";
import type { FloatImage } from "../augmentation/floatImage.ts";
import { generatorKey } from "../augmentation/generatorKey.ts";
import { ImageDataGenerator } from "../augmentation/imageDataGenerator.ts";
import type { ImageIterator } from "../augmentation/imageIterator.ts";
import { iteratorPreprocessing } from "../augmentation/iteratorPreprocessing.ts";
import { distinctViews } from "../augmentation/pipeline.ts";
import { ViewRenderer } from "../augmentation/view.ts";
import type { Digest } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import type { FeatureKey } from "../features/key.ts";
import { preprocessingKey } from "../features/prefixGroup.ts";
import { ViewDraws } from "../features/viewDraws.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { BatchSource, SampleNames } from "../training/samples/batchSource.ts";

/** An iterator's pictures as a source: sample i is its file i, under its first draw; see `inEpochs` for the others. */
export class ViewSource implements BatchSource {
  readonly samples: number;
  readonly shape: readonly number[];
  /** Whether a function of the user's changes the pictures that does not say, by a key, what it does: it may be random. */
  readonly ownFunction: boolean;
  readonly names: SampleNames | undefined;
  readonly #iterator: ImageIterator;
  /** How pictures are made, where a record can say it: then they have the bits of those that the command line makes. */
  readonly #preprocessing: Preprocessing | undefined;
  readonly #renderer: ViewRenderer | undefined;
  /** Names under an epoch's draws. */
  readonly #namesIn: ((epoch: number) => SampleNames) | undefined;
  /** SHA-256 of the files that were named. */
  readonly #digests = new Map<number, Digest>();

  /** @throws PermafrostError INVALID_ARGUMENT for a generator with `compat`: its numbers depend on the order of batches. */
  constructor(iterator: ImageIterator) {
    if (iterator.generator.legacyRandom !== undefined) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        "iterator: the random numbers of a generator with compat depend on the order of its batches, so a model cannot read " +
          "from it. Take batches with next() and give them as arrays, or leave compat out.",
      );
    }
    const { height, width, channels } = iterator.source.imageShape;
    this.samples = iterator.n;
    this.shape = [channels, height, width];
    const { generator } = iterator;
    this.ownFunction = generator instanceof ImageDataGenerator && generatorKey(generator) === undefined;
    this.#iterator = iterator;
    this.#preprocessing = iteratorPreprocessing(iterator);
    this.#renderer = this.#preprocessing && new ViewRenderer(this.#preprocessing);
    this.#namesIn = this.#namesOf(iterator);
    this.names = this.#namesIn?.(0);
  }

  read(indices: Uint32Array, into: Float32Array): Promise<void> {
    return this.#readIn(0, indices, into);
  }

  /** As training reads them: an epoch's draws in each. The source itself where every epoch surely reads the same pictures. */
  inEpochs(): BatchSource {
    if (this.#iterator.draws === "none" && !this.ownFunction) return this;
    return { ...this.#epoch(0), forEpoch: (epoch) => this.#epoch(epoch) };
  }

  #epoch(epoch: number): BatchSource {
    return {
      samples: this.samples,
      shape: this.shape,
      read: (indices, into) => this.#readIn(epoch, indices, into),
      names: this.#namesIn?.(epoch),
    };
  }

  async #readIn(epoch: number, indices: Uint32Array, into: Float32Array): Promise<void> {
    const size = sizeOf(this.shape);
    const write = (index: number, row: number) =>
      this.#render(index, epoch, into.subarray(row * size, row * size + size));
    await Promise.all(Array.from(indices, write));
  }

  /** Undefined where pictures cannot be told, or where every run draws others, which it is no use to keep. */
  #namesOf({
    generator,
    source,
    draws,
    seed,
    isSeeded,
  }: ImageIterator): ((epoch: number) => SampleNames) | undefined {
    if (!(generator instanceof ImageDataGenerator)) return undefined;
    const key = generatorKey(generator);
    const { pipeline } = generator;
    const comesAgain = draws !== "fresh" || isSeeded || Number.isFinite(distinctViews(pipeline));
    if (key === undefined || !comesAgain) return undefined;
    const { imageShape, loading = null } = source;
    const { height, width } = imageShape;
    const views = new ViewDraws({ pipeline, policy: draws, seed: seed ?? 0, height, width });
    const preprocessing =
      this.#preprocessing === undefined
        ? { generator: key, imageShape, loading }
        : preprocessingKey(this.#preprocessing);
    return (epoch) => ({
      preprocessing,
      keys: (indices) => {
        const keyOf = async (index: number): Promise<FeatureKey> => {
          const image = await this.#digestOf(index);
          return { image, draw: views.of(image, epoch)?.digest ?? "none" };
        };
        return Promise.all(Array.from(indices, keyOf));
      },
    });
  }

  async #digestOf(index: number): Promise<Digest> {
    const known = this.#digests.get(index);
    if (known !== undefined) return known;
    const { source } = this.#iterator;
    const found = (await source.digest?.(index)) ?? (await source.load(index)).digest();
    this.#digests.set(index, found);
    return found;
  }

  async #render(index: number, epoch: number, into: Float32Array): Promise<void> {
    const { generator, source, draws } = this.#iterator;
    const { image, digest } = await source.load(index);
    const named = this.#digests.get(index);
    if (named !== undefined && named !== digest()) throw changed(source.nameOf(index));
    const draw = draws === "none" ? undefined : drawOf(this.#iterator, draws, digest(), epoch);
    const bytes = this.#renderer && bytesOf(image);
    if (bytes !== undefined) this.#renderer?.render(bytes, generator.pipeline, draw ?? null, into);
    else writeChannelsFirst(generator.standardize(generator.applyDraw(image, draw)), into);
  }
}

function changed(path: string): PermafrostError {
  return new PermafrostError(
    "DATA_INVALID",
    `${path}: the file has changed since this training read it first. Train again, on files that stay as they are.`,
    { details: { path } },
  );
}

function drawOf(
  { generator, source, seed }: ImageIterator,
  policy: DrawPolicy,
  imageDigest: string,
  epoch: number,
) {
  const request = { seed: seed ?? 0, imageDigest, shape: source.imageShape };
  const number = drawNumber(policy, epoch, request.seed, imageDigest);
  return number === undefined ? undefined : sampleDraw(generator.pipeline, { ...request, number });
}

function writeChannelsFirst({ data, channels }: FloatImage, into: Float32Array): void {
  const pixels = data.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      into[channel * pixels + pixel] = data[pixel * channels + channel]!;
    }
  }
}
