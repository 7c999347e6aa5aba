import { randomInt } from "node:crypto";
import { Random } from "../base/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { applyTransform } from "./applyTransform.ts";
import { ArrayIterator, type FlowOptions } from "./arrayIterator.ts";
import type { FlowImages } from "./arraySource.ts";
import { ByteViews } from "./byteViews.ts";
import { checkNames, invalid } from "./checks.ts";
import {
  DataframeIterator,
  type DataframeRecord,
  type FlowFromDataframeOptions,
} from "./dataframeIterator.ts";
import { DirectoryIterator, type FlowFromDirectoryOptions } from "./directoryIterator.ts";
import { type Draw, isIdentityDraw } from "./draw.ts";
import { type FloatImage, withData } from "./floatImage.ts";
import { type ImageDataGeneratorOptions, resolvePipeline } from "./generatorOptions.ts";
import type { ImageTransformer } from "./imageTransformer.ts";
import { LegacyRandom } from "./legacyRandom.ts";
import type { GeneratorPipeline } from "./pipeline.ts";
import type { RandomSource } from "./randomSource.ts";
import {
  type FeatureStatistics,
  noStatistics,
  resolveStandardization,
  type Standardization,
  standardizeImage,
} from "./standardize.ts";
import { computeStatistics, imagesOf } from "./statistics.ts";
import { checkValidationSplit } from "./subset.ts";
import {
  type ImageShape,
  identityParameters,
  sampleTransform,
  type TransformParameters,
} from "./transformParameters.ts";

export interface FitOptions {
  readonly augment?: boolean;
  readonly rounds?: number;
  readonly seed?: number;
}

/**
 * Keras's ImageDataGenerator: random views of pictures, normalised, in batches.
 *
 * Without `compat` the shifts and the centre are what their names say, and each draw depends on seed, picture, draw number and
 * options alone. With it, a version of Keras is reproduced to the number. Transforms work on values from 0 to 255, before
 * `rescale`.
 *
 * @example
 * new ImageDataGenerator({ rescale: 1 / 255, rotationRange: 40, horizontalFlip: true })
 *   .flowFromDirectory("photos/train", { targetSize: [150, 150], batchSize: 20, classMode: "binary" })
 * @see keras.src.legacy.preprocessing.image.ImageDataGenerator
 */
export class ImageDataGenerator implements ImageTransformer {
  readonly options: ImageDataGeneratorOptions;
  readonly pipeline: GeneratorPipeline;
  readonly standardization: Standardization;
  readonly validationSplit: number;
  /** Switches that were set by others, in words; worth showing. */
  readonly notes: readonly string[];
  /** NumPy's global generator, in compat modes: shared by all iterators of this generator. */
  readonly legacyRandom: LegacyRandom | undefined;
  readonly #views = new ByteViews();
  #statistics: FeatureStatistics = noStatistics;

  /** @throws PermafrostError INVALID_ARGUMENT for unknown options and values that make no sense. */
  constructor(options: ImageDataGeneratorOptions = {}) {
    this.options = options;
    this.pipeline = resolvePipeline(options);
    const { standardization, notes } = resolveStandardization(options);
    this.standardization = standardization;
    this.notes = notes;
    this.validationSplit = checkValidationSplit(options.validationSplit ?? 0);
    this.legacyRandom = this.pipeline.compat === null ? undefined : new LegacyRandom(randomInt(2 ** 32));
  }

  /** What `fit` found. */
  get statistics(): FeatureStatistics {
    return this.#statistics;
  }

  /**
   * Batches from a folder with one folder a class.
   *
   * @throws PermafrostError NOT_FOUND or NOT_READABLE for the folder; INVALID_ARGUMENT for options.
   */
  flowFromDirectory(directory: string, options: FlowFromDirectoryOptions = {}): DirectoryIterator {
    return new DirectoryIterator(this, directory, options);
  }

  /**
   * Batches from the files that a table names.
   *
   * @throws PermafrostError INVALID_ARGUMENT for options and columns.
   */
  flowFromDataframe(
    records: readonly DataframeRecord[],
    options: FlowFromDataframeOptions = {},
  ): DataframeIterator {
    return new DataframeIterator(this, records, options);
  }

  /**
   * Batches from arrays.
   *
   * @param images - [samples, height, width, channels], or that and arrays to pass along.
   * @throws PermafrostError SHAPE_MISMATCH, INVALID_ARGUMENT.
   */
  flow(images: FlowImages, y: Tensor | null = null, options: FlowOptions = {}): ArrayIterator {
    return new ArrayIterator(this, images, y, options);
  }

  /**
   * Finds what featurewiseCenter, featurewiseStdNormalization and zcaWhitening need, over rescaled pictures. The own
   * function is not applied, as in Keras.
   *
   * @param x - [samples, height, width, channels].
   * @param options.augment - Over `rounds` (default 1) transformed pictures of each.
   */
  fit(x: Tensor, options: FitOptions = {}): void {
    checkNames("fit", options, ["augment", "rounds", "seed"]);
    const { augment = false, rounds = 1, seed } = options;
    if (seed !== undefined) this.legacyRandom?.seed(seed);
    const random = this.#source(undefined);
    const fitted = this.legacyRandom === undefined && seed !== undefined ? new Random(seed, "fit") : random;
    const factor = Math.fround(this.standardization.fitsRescaled ? this.standardization.rescale : 1);
    const images = imagesOf(x).map((image) =>
      withData(
        image,
        image.data.map((value) => value * factor),
      ),
    );
    const transformed = (image: FloatImage) =>
      this.applyTransform(image, sampleTransform(this.pipeline, image, fitted));
    const seen = augment ? Array.from({ length: rounds }, () => images.map(transformed)).flat() : images;
    this.#statistics = computeStatistics(seen, this.standardization);
  }

  /**
   * Samples the numbers of one transform.
   *
   * @param seed - Default: by chance; in compat modes the running stream.
   */
  getRandomTransform(shape: ImageShape, seed?: number): TransformParameters {
    return sampleTransform(this.pipeline, shape, this.#source(seed));
  }

  /** Does what the given numbers say; those not given do nothing. */
  applyTransform(image: FloatImage, parameters: Partial<TransformParameters>): FloatImage {
    return applyTransform(image, { ...identityParameters, ...parameters }, this.pipeline);
  }

  /** Samples and applies. */
  randomTransform(image: FloatImage, seed?: number): FloatImage {
    return this.applyTransform(image, this.getRandomTransform(image, seed));
  }

  /**
   * Applies a draw; undefined for none. Pictures of bytes are warped as those of `ViewRenderer`, bit for bit (within 1e-4 of
   * `applyTransform`); with compat, and for other pictures, it is `applyTransform`.
   */
  applyDraw(image: FloatImage, draw: Draw | undefined): FloatImage {
    if (draw === undefined || isIdentityDraw(draw)) return image;
    if (draw.kind === "generator") {
      const view = this.pipeline.compat === null ? this.#views.apply(image, this.pipeline, draw) : undefined;
      return view ?? applyTransform(image, draw.parameters, this.pipeline);
    }
    throw invalid("draw", "a draw of a generator", draw.kind);
  }

  /** Own function, rescaling, centring and scaling of one picture; returns a new one. */
  standardize(image: FloatImage): FloatImage {
    const own = this.options.preprocessingFunction?.(image) ?? image;
    return standardizeImage(own, this.standardization, this.#statistics);
  }

  #source(seed: number | undefined): RandomSource {
    if (this.legacyRandom === undefined) return new Random(seed ?? randomInt(2 ** 32), "transform");
    if (seed !== undefined) this.legacyRandom.seed(seed);
    return this.legacyRandom;
  }
}
