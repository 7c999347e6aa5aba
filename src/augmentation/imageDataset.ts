import { randomInt } from "node:crypto";
import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { imageExtensions } from "../images/format.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { SeededSchedule } from "./batchSchedule.ts";
import { booleanFrom, checkNames, invalid, oneOf, wholeFrom } from "./checks.ts";
import { type ListingRules, listClasses, listClassFiles } from "./classFolders.ts";
import { mapConcurrently } from "./concurrently.ts";
import type { DatasetImageOptions } from "./datasetImage.ts";
import { datasetLabels, datasetSource, type LabelMode, labelModes } from "./datasetSource.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";
import { ImageIterator, type SkippedImage } from "./imageIterator.ts";
import { LegacyRandom } from "./legacyRandom.ts";
import { colorModes } from "./loadImage.ts";
import { compatVersions } from "./pipeline.ts";

/** Keras 3's arguments of `image_dataset_from_directory`. */
export interface ImageDatasetOptions extends Partial<DatasetImageOptions> {
  /** "inferred" from the class folders (default), or null for none: then all files below the folder are taken. */
  readonly labels?: "inferred" | null;
  /** Default "int". */
  readonly labelMode?: LabelMode;
  readonly classNames?: readonly string[] | null;
  /** Default 32; null: each picture by itself, without a batch axis. */
  readonly batchSize?: number | null;
  /** Default true. */
  readonly shuffle?: boolean;
  readonly seed?: number | null;
  /** Part for validation: the last of the files in their (mixed) order. */
  readonly validationSplit?: number | null;
  readonly subset?: "training" | "validation" | null;
  readonly followLinks?: boolean;
  /** A file that cannot be read: stop (default), or leave it out and list it in `skipped`. */
  readonly unreadable?: "error" | "skip";
}

const optionNames = [
  ...["labels", "labelMode", "classNames", "colorMode", "batchSize", "imageSize", "shuffle", "seed"],
  ...["validationSplit", "subset", "interpolation", "followLinks", "cropToAspectRatio", "padToAspectRatio"],
  ...["compat", "unreadable"],
];

/** One batch: pixels as floats from 0 to 255, [batch, height, width, channels]. */
export interface DatasetBatch {
  readonly x: Tensor<"float32">;
  readonly y?: Tensor<"float32"> | Tensor<"int32">;
}

interface LabelledFile {
  readonly file: string;
  readonly label: number;
}

/** Batches of one pass at a time: iterating again begins the next epoch, in another order where it is mixed. */
export class ImageDataset implements AsyncIterable<DatasetBatch> {
  readonly directory: string;
  readonly classNames: readonly string[];
  readonly filePaths: readonly string[];
  readonly labels: Int32Array;
  readonly labelMode: LabelMode;
  readonly batchSize: number;
  /** How many files there were before a split. */
  readonly found: number;
  /** The same pictures, labels and order without end: what a model reads. */
  readonly iterator: ImageIterator;
  readonly #schedule: SeededSchedule;
  /** Whether pictures have an axis of samples: not with batchSize null. */
  readonly isBatched: boolean;
  readonly #skips: boolean;
  readonly #skipped = new Map<string, SkippedImage>();

  constructor(directory: string, options: ImageDatasetOptions) {
    checkNames("imageDatasetFromDirectory", options, optionNames);
    const settings = resolve(options);
    const listed = listFiles(directory, options, settings);
    const files = part(order(listed.files, settings), options);
    if (files.length === 0) {
      throw new PermafrostError(
        "DATA_EMPTY",
        `${directory}: expected images, found none. Check folder and split.`,
        {
          details: { path: directory },
        },
      );
    }
    this.directory = directory;
    this.classNames = listed.classNames;
    this.found = listed.files.length;
    this.filePaths = files.map(({ file }) => file);
    this.labels = Int32Array.from(files, ({ label }) => label);
    this.labelMode = listed.classNames.length === 0 ? null : settings.labelMode;
    if (this.labelMode === "binary" && this.classNames.length !== 2) {
      throw invalid("labelMode", 'two classes for "binary"', this.classNames);
    }
    this.batchSize = settings.batchSize;
    this.isBatched = options.batchSize !== null;
    const { shuffle, seed } = settings;
    const batches = { batchSize: this.batchSize, shuffle, seed: options.seed ?? null };
    this.iterator = new ImageIterator(
      new ImageDataGenerator(),
      datasetSource(this, settings.images),
      batches,
    );
    this.#skips = settings.skips;
    this.#schedule = new SeededSchedule(
      { n: files.length, batchSize: this.batchSize, shuffle },
      this.iterator.seed ?? seed,
    );
  }

  /** Batches in a pass. */
  get length(): number {
    return Math.ceil(this.filePaths.length / this.batchSize);
  }

  get skipped(): readonly SkippedImage[] {
    return [...this.#skipped.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** What Keras prints. */
  get summary(): string {
    return `Found ${this.found} files belonging to ${this.classNames.length} classes.`;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<DatasetBatch, void, undefined> {
    this.#schedule.reset();
    for (let step = 0; step < this.length; step++) {
      const batch = await this.#load(this.#schedule.next().indices);
      if (batch !== undefined) yield batch;
    }
  }

  async #load(indices: Uint32Array): Promise<DatasetBatch | undefined> {
    const loaded = await mapConcurrently([...indices], 8, (index) => this.#loadOne(index));
    const kept = loaded.filter((sample) => sample !== undefined);
    const [first] = kept;
    if (first === undefined) return undefined;
    const { height, width, channels } = first.image;
    const size = height * width * channels;
    const data = new Float32Array(kept.length * size);
    for (const [i, { image }] of kept.entries()) data.set(image.data, i * size);
    const batch = this.isBatched ? [kept.length] : [];
    const x = float32([...batch, height, width, channels], data);
    const labels = kept.map(({ label }) => label);
    const y = datasetLabels(this.labelMode, labels, this.classNames.length, batch);
    return y === undefined ? { x } : { x, y };
  }

  async #loadOne(index: number) {
    const { source } = this.iterator;
    try {
      return { image: (await source.load(index)).image, label: this.labels[index]! };
    } catch (error) {
      if (!this.#skips || !(error instanceof PermafrostError) || !source.isUnreadable(error)) throw error;
      const file = source.nameOf(index);
      this.#skipped.set(file, { path: file, reason: error.message });
      return undefined;
    }
  }
}

/**
 * Pictures of a folder with one folder a class, as Keras 3's `image_dataset_from_directory`: resized in floats without averaging,
 * split after mixing, values from 0 to 255.
 *
 * Which files the parts of a split have is the same as in Keras for the same seed; the order within an epoch is our own.
 *
 * @throws PermafrostError NOT_FOUND, NOT_READABLE, DATA_EMPTY, INVALID_ARGUMENT.
 */
export function imageDatasetFromDirectory(
  directory: string,
  options: ImageDatasetOptions = {},
): ImageDataset {
  return new ImageDataset(directory, options);
}

interface Settings {
  readonly images: DatasetImageOptions;
  readonly shuffle: boolean;
  readonly labelMode: LabelMode;
  readonly batchSize: number;
  readonly seed: number;
  readonly skips: boolean;
}

function resolve(options: ImageDatasetOptions): Settings {
  const { batchSize } = options;
  const shuffle = booleanFrom("shuffle", options.shuffle ?? true);
  const seed = options.seed ?? null;
  checkSplit(options, shuffle, seed);
  return {
    images: resolveImages(options),
    shuffle,
    labelMode: oneOf("labelMode", options.labelMode === undefined ? "int" : options.labelMode, labelModes),
    batchSize: batchSize === null ? 1 : wholeFrom("batchSize", batchSize ?? 32, 1),
    seed: seed === null ? randomInt(1e6) : wholeFrom("seed", seed, 0),
    skips: oneOf("unreadable", options.unreadable ?? "error", ["error", "skip"]) === "skip",
  };
}

function checkSplit(options: ImageDatasetOptions, shuffle: boolean, seed: number | null): void {
  const split = options.validationSplit ?? null;
  if (split !== null && !(split > 0 && split < 1)) {
    throw invalid("validationSplit", "a number between 0 and 1", split);
  }
  if ((split === null) !== ((options.subset ?? null) === null)) {
    throw invalid("subset", "subset and validationSplit together", options.subset ?? null);
  }
  if (split !== null && shuffle && seed === null) {
    throw invalid("seed", "a number where mixed files are split", seed, "Else the two parts would overlap.");
  }
}

function resolveImages(options: ImageDatasetOptions): DatasetImageOptions {
  const [height, width] = options.imageSize ?? [256, 256];
  const images: DatasetImageOptions = {
    imageSize: [wholeFrom("imageSize[0]", height, 1), wholeFrom("imageSize[1]", width, 1)],
    colorMode: oneOf("colorMode", options.colorMode ?? "rgb", colorModes),
    interpolation: oneOf("interpolation", options.interpolation ?? "bilinear", ["bilinear", "nearest"]),
    cropToAspectRatio: booleanFrom("cropToAspectRatio", options.cropToAspectRatio ?? false),
    padToAspectRatio: booleanFrom("padToAspectRatio", options.padToAspectRatio ?? false),
    compat: oneOf("compat", options.compat ?? null, [null, ...compatVersions]),
  };
  if (images.cropToAspectRatio && images.padToAspectRatio) {
    throw invalid("padToAspectRatio", "false together with cropToAspectRatio", true);
  }
  return images;
}

function listFiles(directory: string, options: ImageDatasetOptions, settings: Settings) {
  const keras = [".bmp", ".gif", ".jpeg", ".jpg", ".png"];
  const rules: ListingRules = {
    endings: settings.images.compat === null ? imageExtensions : keras,
    hiddenClasses: false,
    followLinks: booleanFrom("followLinks", options.followLinks ?? false),
  };
  const labels = oneOf("labels", options.labels === undefined ? "inferred" : options.labels, [
    "inferred",
    null,
  ]);
  const isLabelled = labels !== null && settings.labelMode !== null;
  const present = isLabelled ? listClasses(directory, rules) : [];
  for (const name of options.classNames ?? []) oneOf("classNames", name, present);
  const classNames = options.classNames ?? present;
  // Without labels everything below counts, hidden folders too.
  const folders = isLabelled ? classNames : ["."];
  const files = folders.flatMap((folder, label) =>
    listClassFiles(directory, folder, rules).map((name): LabelledFile => {
      return { file: path.join(directory, name), label };
    }),
  );
  return { classNames, files };
}

/** NumPy's order for the seed; a part of the promise, as it decides which file is in which part. */
function order(files: readonly LabelledFile[], { shuffle, seed }: Settings): readonly LabelledFile[] {
  if (!shuffle) return files;
  return Array.from(new LegacyRandom(seed).permutation(files.length), (index) => files[index]!);
}

function part(files: readonly LabelledFile[], options: ImageDatasetOptions): readonly LabelledFile[] {
  const subset = oneOf("subset", options.subset ?? null, [null, "training", "validation"]);
  if (subset === null) return files;
  const boundary = files.length - Math.trunc((options.validationSplit ?? 0) * files.length);
  return subset === "training" ? files.slice(0, boundary) : files.slice(boundary);
}
