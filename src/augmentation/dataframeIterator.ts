import { statSync } from "node:fs";
import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { imageExtensions } from "../images/format.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { booleanFrom, checkNames, invalid, oneOf } from "./checks.ts";
import { byCodePoint } from "./classFolders.ts";
import { type ClassMode, encodeLabels } from "./classModes.ts";
import { FileLoader, type FileOptions, fileDigest, fileOptionNames, isFileProblem } from "./fileSource.ts";
import { ImageIterator, type IteratorOptions, iteratorOptionNames } from "./imageIterator.ts";
import type { ImageTransformer } from "./imageTransformer.ts";
import type { SampleSource, Targets } from "./sampleSource.ts";
import { type Subset, splitBounds } from "./subset.ts";

/** One row of the table: a file's name and whatever is known of it. */
export type DataframeRecord = Readonly<Record<string, unknown>>;

const frameClassModes = ["binary", "categorical", "input", "multi_output", "raw", "sparse", null] as const;

/** As for folders; "multi_output": an array for each column of yCol; "raw": the column's numbers as they are. */
export type DataframeClassMode = (typeof frameClassModes)[number];

/** Keras's arguments of `flow_from_dataframe`; the table is an array of records. */
export interface FlowFromDataframeOptions extends IteratorOptions, FileOptions {
  /** Folder of the files; default: their names are paths. */
  readonly directory?: string | null;
  /** Default "filename". */
  readonly xCol?: string;
  /** Default "class"; several for "multi_output" (and for "raw", a row of numbers each). */
  readonly yCol?: string | readonly string[];
  readonly weightCol?: string | null;
  readonly classes?: readonly string[] | null;
  /** Default "categorical". */
  readonly classMode?: DataframeClassMode;
  readonly subset?: Subset | null;
  /** Leave out files that do not exist or have no picture's ending; they are listed in `invalidFilenames`. Default true. */
  readonly validateFilenames?: boolean;
}

const optionNames = [
  ...iteratorOptionNames,
  ...fileOptionNames,
  ...["directory", "xCol", "yCol", "weightCol", "classes", "classMode", "subset", "validateFilenames"],
];

/** What the table says after checking. */
interface Frame {
  readonly filenames: readonly string[];
  readonly filepaths: readonly string[];
  readonly classNames: readonly string[];
  /** One or several class numbers a sample; empty without classes. */
  readonly labels: readonly (number | readonly number[])[];
  readonly rows: readonly DataframeRecord[];
  readonly invalid: readonly string[];
}

/** Batches from a table of files; see `ImageDataGenerator.flowFromDataframe`. */
export class DataframeIterator extends ImageIterator {
  readonly classMode: DataframeClassMode;
  readonly classes: readonly (number | readonly number[])[];
  readonly classIndices: Readonly<Record<string, number>>;
  readonly numClasses: number;
  readonly filenames: readonly string[];
  readonly filepaths: readonly string[];
  /** Files left out from the beginning. */
  readonly invalidFilenames: readonly string[];
  readonly #validated: boolean;

  constructor(
    generator: ImageTransformer,
    records: readonly DataframeRecord[],
    options: FlowFromDataframeOptions,
  ) {
    checkNames("flowFromDataframe", options, optionNames);
    const mode = options.classMode === undefined ? "categorical" : options.classMode;
    const classMode = oneOf("classMode", mode, frameClassModes);
    const frame = readFrame(records, classMode, options, generator);
    super(generator, frameSource(generator, frame, classMode, options), options);
    this.classMode = classMode;
    this.classes = frame.labels;
    this.classIndices = Object.fromEntries(frame.classNames.map((name, label) => [name, label]));
    this.numClasses = frame.classNames.length;
    this.filenames = frame.filenames;
    this.filepaths = frame.filepaths;
    this.invalidFilenames = frame.invalid;
    this.#validated = options.validateFilenames ?? true;
  }

  /** What Keras prints. */
  get summary(): string {
    const kind = this.#validated ? "validated" : "non-validated";
    const classes = hasClasses(this.classMode) ? ` belonging to ${this.numClasses} classes` : "";
    return `Found ${this.samples} ${kind} image filenames${classes}.`;
  }
}

function hasClasses(mode: DataframeClassMode): mode is "binary" | "categorical" | "sparse" {
  return mode === "binary" || mode === "categorical" || mode === "sparse";
}

function readFrame(
  records: readonly DataframeRecord[],
  mode: DataframeClassMode,
  options: FlowFromDataframeOptions,
  generator: ImageTransformer,
): Frame {
  const xCol = options.xCol ?? "filename";
  const pathOf = (row: DataframeRecord) => path.join(options.directory ?? "", textOf(row, xCol));
  const keepsAll = !booleanFrom("validateFilenames", options.validateFilenames ?? true);
  const present = keepsAll ? records : records.filter((row) => isImageFile(pathOf(row)));
  const classed = hasClasses(mode) ? readClasses(present, mode, options) : undefined;
  const kept = classed?.rows ?? present;
  const { start, stop } = splitBounds(options.subset ?? null, generator.validationSplit, kept.length);
  const rows = kept.slice(start, stop);
  return {
    rows,
    filenames: rows.map((row) => textOf(row, xCol)),
    filepaths: rows.map(pathOf),
    classNames: classed?.names ?? [],
    labels: classed?.labels.slice(start, stop) ?? [],
    invalid: records.filter((row) => !present.includes(row)).map((row) => textOf(row, xCol)),
  };
}

/** Class names in code point order (or as given), and the rows that have one of them. */
function readClasses(
  rows: readonly DataframeRecord[],
  mode: "binary" | "categorical" | "sparse",
  options: FlowFromDataframeOptions,
) {
  const column = singleColumn(options.yCol ?? "class");
  const named = rows.map((row) => ({ row, names: namesOf(row, column, mode) }));
  const given = [...new Set(options.classes ?? [])];
  const found = [...new Set(named.flatMap(({ names }) => names))].sort(byCodePoint);
  const names = given.length > 0 ? given : found;
  if (mode === "binary" && names.length !== 2) {
    throw invalid("classMode", 'two classes for "binary"', names, 'Take "sparse" or "categorical".');
  }
  const numbered = named
    .map(({ row, names: own }) => ({ row, own: own.filter((name) => names.includes(name)) }))
    .filter(({ own }) => own.length > 0);
  return {
    names,
    rows: numbered.map(({ row }) => row),
    labels: numbered.map(({ row, own }) => {
      const numbers = own.map((name) => names.indexOf(name));
      return Array.isArray(row[column]) ? numbers : numbers[0]!;
    }),
  };
}

function namesOf(row: DataframeRecord, column: string, mode: DataframeClassMode): readonly string[] {
  const value = row[column];
  if (typeof value === "string") return [value];
  const isList = Array.isArray(value) && value.every((name) => typeof name === "string");
  if (mode === "categorical" && isList) return value;
  throw invalid(`column ${column}`, `text${mode === "categorical" ? " or a list of texts" : ""}`, value);
}

function textOf(row: DataframeRecord, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  throw invalid(`column ${column}`, "text", value, "Name the column of files by xCol.");
}

function singleColumn(column: string | readonly string[]): string {
  if (typeof column === "string") return column;
  throw invalid("yCol", "one column", column, 'Several are for classMode "multi_output".');
}

function isImageFile(file: string): boolean {
  const isNamed = [...imageExtensions, ".ppm"].some((ending) => file.toLowerCase().endsWith(ending));
  return isNamed && (statSync(file, { throwIfNoEntry: false })?.isFile() ?? false);
}

function frameSource(
  generator: ImageTransformer,
  frame: Frame,
  mode: DataframeClassMode,
  options: FlowFromDataframeOptions,
): SampleSource {
  const loader = new FileLoader(options, generator.pipeline.compat);
  const weightCol = options.weightCol ?? undefined;
  const weights = weightCol === undefined ? undefined : numbersOf(frame.rows, weightCol);
  const labelsOf = labelReader(frame, mode, options.yCol ?? "class");
  return {
    description: options.directory ?? "table of files",
    n: frame.filepaths.length,
    imageShape: loader.imageShape,
    hashBound: 1e7,
    load: (index) => loader.load(frame.filepaths[index]!),
    digest: (index) => fileDigest(frame.filepaths[index]!),
    loading: loader.options,
    nameOf: (index) => frame.filepaths[index]!,
    isUnreadable: isFileProblem,
    targets: (indices, x): Targets => {
      const y = labelsOf(indices, x);
      const sampleWeight =
        weights &&
        float32(
          [indices.length],
          Float32Array.from(indices, (index) => weights[index]![0]!),
        );
      return { ...(y && { y }), ...(sampleWeight && { sampleWeight }) };
    },
  };
}

function labelReader(
  frame: Frame,
  mode: DataframeClassMode,
  yCol: string | readonly string[],
): (indices: Uint32Array, x: Tensor<"float32">) => Tensor | readonly Tensor[] | undefined {
  if (mode === "raw") {
    const columns = [yCol].flat().map((column) => numbersOf(frame.rows, column));
    const joined = frame.rows.map((_, row) => columns.flatMap((column) => column[row]!));
    return (indices) => stack(joined, indices, typeof yCol === "string");
  }
  if (mode === "multi_output") {
    if (typeof yCol === "string") throw invalid("yCol", 'a list of columns for "multi_output"', yCol);
    const columns = yCol.map((column) => numbersOf(frame.rows, column));
    return (indices) => columns.map((column) => stack(column, indices, true));
  }
  const classMode: ClassMode = mode;
  return (indices, x) => encodeLabels(classMode, frame.labels, frame.classNames.length, indices, x);
}

/** A column of numbers or of lists of numbers. */
function numbersOf(rows: readonly DataframeRecord[], column: string): readonly (readonly number[])[] {
  return rows.map((row) => {
    const numbers = [row[column]].flat();
    if (numbers.every((value) => typeof value === "number")) return numbers;
    throw invalid(`column ${column}`, "numbers", row[column]);
  });
}

/** [batch] where each row is one number and `flat`, else [batch, numbers]. */
function stack(
  values: readonly (readonly number[])[],
  indices: Uint32Array,
  flat: boolean,
): Tensor<"float32"> {
  const picked = Array.from(indices, (index) => values[index]!);
  const width = picked[0]?.length ?? 1;
  if (picked.some((row) => row.length !== width)) {
    throw new PermafrostError("SHAPE_MISMATCH", "flowFromDataframe: rows of yCol have different lengths.");
  }
  return float32(flat && width === 1 ? [picked.length] : [picked.length, width], picked.flat());
}
