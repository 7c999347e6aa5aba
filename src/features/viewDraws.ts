import {
  type Draw,
  type DrawPolicy,
  drawDigest,
  drawNumber,
  effectivePolicy,
  sampleDraw,
} from "../augmentation/draw.ts";
import { type AugmentationPipeline, distinctViews } from "../augmentation/pipeline.ts";
import { warpVersion } from "../augmentation/version.ts";
import { type Digest, digestOf } from "../base/digest.ts";

/** One draw of an image: plain data. */
export interface ViewDraw {
  /** Which of the image's draws. */
  readonly number: number;
  /** Together with the image's digest it names the pixels of the view. */
  readonly digest: Digest;
}

/** Everything that decides which views of an image a training sees. */
export interface DrawSettings {
  readonly pipeline: AugmentationPipeline;
  readonly policy: DrawPolicy;
  readonly seed: number;
  /** Size of the picture that is transformed: the network's input. */
  readonly height: number;
  readonly width: number;
}

/** Raised when the same seed, image and number give another draw; a test holds draws against it. */
export const drawVersion = "draw-1";

/**
 * The draws of a run. A draw that leaves the picture as it is counts as none, so that its feature is the plain image's.
 *
 * Where an image has few possible views (flips), equal ones have equal digests, whatever pipeline or seed they came from.
 * Otherwise the digest names seed, number and pipeline, which spares sampling a draw only to know its name.
 */
export class ViewDraws {
  readonly settings: DrawSettings;
  readonly policy: DrawPolicy;
  readonly #isFinite: boolean;
  readonly #known = new Map<number, ViewDraw>();

  constructor(settings: DrawSettings) {
    this.settings = settings;
    this.policy = effectivePolicy(settings.policy, settings.pipeline);
    this.#isFinite = Number.isFinite(distinctViews(settings.pipeline));
  }

  /** The draw of an image in an epoch (from 0); undefined for the image as it is. */
  of(image: Digest, epoch: number): ViewDraw | undefined {
    const number = drawNumber(this.policy, epoch, this.settings.seed, image);
    return number === undefined ? undefined : this.#named(image, number);
  }

  /** The different views of an image in epochs 0 to `epochs - 1`, in the order of their first use. */
  upTo(image: Digest, epochs: number): readonly (ViewDraw | undefined)[] {
    const most = Math.min(this.#mostViews(), epochs);
    const found = new Map<Digest | undefined, ViewDraw | undefined>();
    for (let epoch = 0; epoch < epochs && found.size < most; epoch++) {
      const draw = this.of(image, epoch);
      if (!found.has(draw?.digest)) found.set(draw?.digest, draw);
    }
    return [...found.values()];
  }

  /** The numbers of a draw. */
  sample(image: Digest, number: number): Draw {
    const { pipeline, seed, height, width } = this.settings;
    return sampleDraw(pipeline, {
      seed,
      imageDigest: image,
      number,
      shape: { height, width, channels: 3 },
    });
  }

  #named(image: Digest, number: number): ViewDraw | undefined {
    const { pipeline, seed } = this.settings;
    if (this.#isFinite) {
      const digest = drawDigest(this.sample(image, number), pipeline);
      return digest === drawDigest(undefined, pipeline) ? undefined : { number, digest };
    }
    const known = this.#known.get(number);
    if (known !== undefined) return known;
    const made = { number, digest: digestOf({ warpVersion, drawVersion, pipeline, seed, number }) };
    this.#known.set(number, made);
    return made;
  }

  #mostViews(): number {
    if (this.policy === "none") return 1;
    const views = distinctViews(this.settings.pipeline);
    return this.policy === "fresh" ? views : Math.min(views, this.policy.pool);
  }
}
