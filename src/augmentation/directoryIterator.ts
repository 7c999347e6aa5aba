import path from "node:path";
import { imageExtensions } from "../images/format.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { booleanFrom, checkNames, oneOf } from "./checks.ts";
import { type ListingRules, listClasses, listClassFiles } from "./classFolders.ts";
import { type ClassMode, classModes, encodeLabels } from "./classModes.ts";
import { FileLoader, type FileOptions, fileDigest, fileOptionNames, isFileProblem } from "./fileSource.ts";
import { ImageIterator, type IteratorOptions, iteratorOptionNames } from "./imageIterator.ts";
import type { ImageTransformer } from "./imageTransformer.ts";
import type { Compat } from "./pipeline.ts";
import type { SampleSource } from "./sampleSource.ts";
import { type Subset, splitBounds } from "./subset.ts";

/** Keras's arguments of `flow_from_directory`. */
export interface FlowFromDirectoryOptions extends IteratorOptions, FileOptions {
  /** Names of the class folders, in the order of their labels. Default: all folders, in code point order. */
  readonly classes?: readonly string[] | null;
  /** Default "categorical". */
  readonly classMode?: ClassMode;
  /** Follow links to folders. Default false. */
  readonly followLinks?: boolean;
  /** With the generator's validationSplit: the first files of each class are for validation, the rest for training. */
  readonly subset?: Subset | null;
}

const optionNames = [
  ...iteratorOptionNames,
  ...fileOptionNames,
  ...["classes", "classMode", "followLinks", "subset"],
];

/** Keras compares endings without their dot. */
const kerasEndings = ["png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff"];

/** Files that count as images. Keras 2.0.8 knew no TIFF and wanted the dot. */
function endingsOf(compat: Compat | null): readonly string[] {
  if (compat === null) return imageExtensions;
  return compat === "keras-2.0.8" ? [".png", ".jpg", ".jpeg", ".bmp", ".ppm"] : kerasEndings;
}

/** What `flowFromDirectory` found. */
export interface DirectoryFacts {
  /** Class number of each file. */
  readonly classes: Int32Array;
  readonly classIndices: Readonly<Record<string, number>>;
  /** Relative to the directory, in Keras's order; belongs to `classes`. */
  readonly filenames: readonly string[];
  readonly filepaths: readonly string[];
}

/** Batches from a folder with one folder a class; see `ImageDataGenerator.flowFromDirectory`. */
export class DirectoryIterator extends ImageIterator implements DirectoryFacts {
  readonly directory: string;
  readonly classMode: ClassMode;
  readonly classes: Int32Array;
  readonly classIndices: Readonly<Record<string, number>>;
  readonly numClasses: number;
  readonly filenames: readonly string[];
  readonly filepaths: readonly string[];

  constructor(generator: ImageTransformer, directory: string, options: FlowFromDirectoryOptions) {
    checkNames("flowFromDirectory", options, optionNames);
    const classMode = oneOf(
      "classMode",
      options.classMode === undefined ? "categorical" : options.classMode,
      classModes,
    );
    const facts = listDirectory(generator, directory, options);
    super(generator, directorySource(generator, directory, facts, classMode, options), options);
    this.directory = directory;
    this.classMode = classMode;
    this.classes = facts.classes;
    this.classIndices = facts.classIndices;
    this.numClasses = Object.keys(facts.classIndices).length;
    this.filenames = facts.filenames;
    this.filepaths = facts.filepaths;
  }

  /** Class numbers: Keras's other name for `classes`. */
  get labels(): Int32Array {
    return this.classes;
  }

  /** What Keras prints. */
  get summary(): string {
    return `Found ${this.samples} images belonging to ${this.numClasses} classes.`;
  }
}

function listDirectory(
  generator: ImageTransformer,
  directory: string,
  options: FlowFromDirectoryOptions,
): DirectoryFacts {
  const { compat } = generator.pipeline;
  const rules: ListingRules = {
    endings: endingsOf(compat),
    hiddenClasses: compat !== null,
    followLinks: booleanFrom("followLinks", options.followLinks ?? false),
  };
  const given = options.classes ?? [];
  const classNames = given.length > 0 ? given : listClasses(directory, rules);
  const labels: number[] = [];
  const filenames: string[] = [];
  for (const [label, className] of classNames.entries()) {
    const files = listClassFiles(directory, className, rules);
    const { start, stop } = splitBounds(options.subset ?? null, generator.validationSplit, files.length);
    for (const file of files.slice(start, stop)) {
      labels.push(label);
      filenames.push(file);
    }
  }
  return {
    classes: Int32Array.from(labels),
    classIndices: Object.fromEntries(classNames.map((name, label) => [name, label])),
    filenames,
    filepaths: filenames.map((name) => path.join(directory, name)),
  };
}

function directorySource(
  generator: ImageTransformer,
  directory: string,
  facts: DirectoryFacts,
  classMode: ClassMode,
  options: FlowFromDirectoryOptions,
): SampleSource {
  const loader = new FileLoader(options, generator.pipeline.compat);
  const classCount = Object.keys(facts.classIndices).length;
  return {
    description: directory,
    n: facts.filepaths.length,
    imageShape: loader.imageShape,
    hashBound: 1e7,
    load: (index) => loader.load(facts.filepaths[index]!),
    digest: (index) => fileDigest(facts.filepaths[index]!),
    loading: loader.options,
    classFiles: { classNames: namesByNumber(facts), paths: facts.filepaths, labels: facts.classes },
    nameOf: (index) => facts.filepaths[index]!,
    isUnreadable: isFileProblem,
    targets: (indices: Uint32Array, x: Tensor<"float32">) => {
      const y = encodeLabels(classMode, facts.classes, classCount, indices, x);
      return y === undefined ? {} : { y };
    },
  };
}

/** Keys of an object alone would put names that are numbers first. */
function namesByNumber({ classIndices }: DirectoryFacts): readonly string[] {
  return Object.entries(classIndices)
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name);
}
