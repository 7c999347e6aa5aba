import { readFile } from "node:fs/promises";
import type { Preprocessing } from "../../applications/preprocessing.ts";
import { mapConcurrently } from "../../augmentation/concurrently.ts";
import { ViewRenderer } from "../../augmentation/view.ts";
import type { Digest } from "../../base/digest.ts";
import { Random } from "../../base/random.ts";
import type { Sample } from "../../data/dataset.ts";
import type { ViewDraws } from "../../features/viewDraws.ts";
import { decodeImage } from "../../images/decode.ts";
import { channelScaling } from "../../images/preprocess.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";
import type { KeptPictures } from "./keptPictures.ts";
import { damagePicture, isDamaging, type PictureDamage } from "./pictureDamage.ts";

/** Pictures being decoded at one time: enough for the decoder's threads, few enough to hold. */
const decodedAtOnce = 4;

/** Which pictures, and how they are seen. */
export interface PicturePairOptions {
  readonly samples: readonly Pick<Sample, "path">[];
  /** SHA-256 of the files' bytes by path. */
  readonly digests: ReadonlyMap<string, Digest>;
  /** Of the encoder. */
  readonly preprocessing: Preprocessing;
  /** Each epoch sees its own views; left out: the images as they are. */
  readonly draws?: ViewDraws | undefined;
  readonly damage: PictureDamage;
  /** Of the damage. It follows from the seed, the image and the epoch alone. */
  readonly seed: number;
  readonly kept?: KeptPictures | undefined;
}

/** What an autoencoder sees, and what it has to give back. */
export interface PicturePairs {
  /** Damaged, scaled as the encoder wants it. */
  readonly inputs: BatchSource;
  /** The same view clean, red, green and blue from 0 to 1. */
  readonly targets: BatchSource;
}

/**
 * Images as pairs of input and target. Each view is made once a batch: whoever asks for the targets of some images first has their
 * inputs kept for the second call.
 */
export function picturePairs(options: PicturePairOptions): PicturePairs {
  const views = new PairedViews(options);
  const { height, width } = options.preprocessing;
  const common = { samples: options.samples.length, shape: [3, height, width] };
  const inputsOf = (epoch: number): BatchSource => ({
    ...common,
    read: (indices, into) => views.inputs(indices, epoch, into),
  });
  const targetsOf = (epoch: number): BatchSource => ({
    ...common,
    read: (indices, into) => views.targets(indices, epoch, into),
  });
  return {
    inputs: { ...inputsOf(0), forEpoch: inputsOf },
    targets: { ...targetsOf(0), forEpoch: targetsOf },
  };
}

class PairedViews {
  readonly #options: PicturePairOptions;
  readonly #renderer: ViewRenderer;
  readonly #scaling: PixelScale;
  readonly #size: number;
  /** Clean views, values 0 to 1, whose inputs have not been asked for yet. */
  readonly #waiting = new Map<string, Float32Array>();

  constructor(options: PicturePairOptions) {
    const { preprocessing } = options;
    this.#options = options;
    this.#renderer = new ViewRenderer(preprocessing);
    this.#scaling = new PixelScale(preprocessing);
    this.#size = 3 * preprocessing.height * preprocessing.width;
  }

  targets(indices: Uint32Array, epoch: number, into: Float32Array): Promise<void> {
    return this.#each(indices, into, async (index, row) => {
      await this.#clean(index, epoch, row);
      this.#waiting.set(`${epoch}/${index}`, row.slice());
    });
  }

  inputs(indices: Uint32Array, epoch: number, into: Float32Array): Promise<void> {
    const { damage, seed, samples, digests, preprocessing } = this.#options;
    return this.#each(indices, into, async (index, row) => {
      const key = `${epoch}/${index}`;
      const clean = this.#waiting.get(key);
      this.#waiting.delete(key);
      if (clean === undefined) await this.#clean(index, epoch, row);
      else row.set(clean);
      if (isDamaging(damage)) {
        const random = new Random(seed, "damage", digests.get(samples[index]!.path)!, epoch);
        damagePicture(row, preprocessing, damage, random);
      }
      this.#scaling.toInput(row);
    });
  }

  async #each(
    indices: Uint32Array,
    into: Float32Array,
    work: (index: number, row: Float32Array) => Promise<void>,
  ): Promise<void> {
    await mapConcurrently(Array.from(indices), decodedAtOnce, (index, place) =>
      work(index, into.subarray(place * this.#size, (place + 1) * this.#size)),
    );
  }

  /** One view, red, green and blue from 0 to 1. */
  async #clean(index: number, epoch: number, into: Float32Array): Promise<void> {
    const { samples, digests, draws, kept } = this.#options;
    const { path } = samples[index]!;
    const image = kept?.get(path) ?? (await decodeImage(await readFile(path), { path }));
    const digest = digests.get(path)!;
    const drawn = draws?.of(digest, epoch);
    const draw = drawn === undefined ? null : draws!.sample(digest, drawn.number);
    this.#renderer.render(image, draws?.settings.pipeline ?? null, draw, into);
    this.#scaling.toPixels(into);
  }
}

/** Between a network's own scaling and values from 0 to 1. */
export class PixelScale {
  readonly #factors: readonly number[];
  readonly #offsets: readonly number[];
  readonly #isReversed: boolean;

  constructor(preprocessing: Preprocessing) {
    const { factors, offsets } = channelScaling(preprocessing);
    this.#factors = factors.map((factor) => factor * 255);
    this.#offsets = offsets;
    this.#isReversed = preprocessing.order === "bgr";
  }

  /** In place: a network's input [3, height, width] to red, green and blue from 0 to 1; what lies outside (a border's fill) is cut off. */
  toPixels(picture: Float32Array): void {
    this.#reverse(picture);
    this.#planes(picture, (value, factor, offset) => Math.min(1, Math.max(0, (value - offset) / factor)));
  }

  /** The way back. */
  toInput(picture: Float32Array): void {
    this.#planes(picture, (value, factor, offset) => value * factor + offset);
    this.#reverse(picture);
  }

  #planes(picture: Float32Array, change: (value: number, factor: number, offset: number) => number): void {
    const pixels = picture.length / 3;
    for (let channel = 0; channel < 3; channel++) {
      const [factor, offset] = [this.#factors[channel]!, this.#offsets[channel]!];
      const end = (channel + 1) * pixels;
      for (let i = channel * pixels; i < end; i++) picture[i] = change(picture[i]!, factor, offset);
    }
  }

  #reverse(picture: Float32Array): void {
    if (!this.#isReversed) return;
    const pixels = picture.length / 3;
    const first = picture.slice(0, pixels);
    picture.copyWithin(0, 2 * pixels);
    picture.set(first, 2 * pixels);
  }
}
