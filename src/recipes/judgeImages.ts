import type { Digest } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";
import { type Dataset, type Sample, type Skipped, type Split, splits } from "../data/dataset.ts";
import { digestSamples } from "../data/digests.ts";
import { openDataset } from "../data/openDataset.ts";
import { openTargets } from "../data/openTargets.ts";
import { Engine } from "../engine/engine.ts";
import { extractFeatures } from "../features/extract.ts";
import type { FeatureTable } from "../features/featureTable.ts";
import { FeatureStore } from "../features/store.ts";
import type { View } from "../features/views.ts";
import type { BatchSource } from "../training/samples/batchSource.ts";
import { digestCacheFile } from "./data/prepareData.ts";
import { mayBeOfTraining, withTrainingSplits } from "./data/trainingSplits.ts";
import { workersFor } from "./features/imageFeatures.ts";
import { predictFeatures } from "./features/predictFeatures.ts";
import { type TestViews, testViews } from "./features/testViews.ts";
import { type LoadedClassifier, loadClassifier, numericsWarning } from "./loadClassifier.ts";
import type { TrainingHooks } from "./request/training.ts";

export interface JudgementRequest {
  /** Folder of the bundle. */
  readonly bundle: string;
  /** Labelled images: class folders, split folders or a manifest. */
  readonly data: string;
  /** Of another task: the table with one row an image, where `data` is the folder of the images. */
  readonly labels?: string;
  /**
   * "train", "validation", "test" or "all". Default: test if there is one, else validation, else all. Images that the classifier was trained on
   * are divided as they were in its training.
   */
  readonly split?: string;
  /** Folder of the feature store. */
  readonly store: string;
  /** Judge several views of each image and average. Default: the image as it is. */
  readonly views?: TestViews;
}

/** What a classifier says of labelled images, and what is true of them. */
export interface Judgement {
  readonly classifier: LoadedClassifier;
  readonly split: Split | "all";
  /** The images that could be read, in the data set's order. */
  readonly samples: readonly Sample[];
  /** [samples, classes], labels or values. */
  readonly outputs: Float32Array;
  readonly skipped: readonly Skipped[];
  readonly warnings: readonly string[];
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly numericsClass: string;
}

/**
 * Runs a classifier over labelled images; features that the store has are not computed.
 *
 * @throws PermafrostError CLASS_MISMATCH for a class that the classifier does not know; DATA_EMPTY when no image is left.
 */
export async function judgeImages(
  request: JudgementRequest,
  hooks: Omit<TrainingHooks, "onEpoch"> = {},
): Promise<Judgement> {
  const classifier = await loadClassifier(request.bundle);
  const { graphs, preprocessing } = classifier;
  const warnings: string[] = [];
  const warn = (text: string) => {
    warnings.push(text);
    hooks.onWarning?.(text);
  };
  const opened = await openLike(classifier, request);
  for (const note of opened.notes) warn(`${note}.`);
  const { name, samples, listed } = await judgedSplit(opened, classifier, request, hooks);
  await using engine = await Engine.start();
  const foreign = numericsWarning(classifier, engine.numericsClass);
  if (foreign !== undefined) warn(foreign);
  const readable = samples.filter((sample) => listed.digests.has(sample.path));
  const views = viewsOf(readable, listed.digests, request.views, classifier);
  const extraction = await extractFeatures({
    ...hooks,
    prefix: graphs.prefix,
    store: await FeatureStore.open(request.store),
    preprocessing,
    numericsClass: engine.numericsClass,
    workers: workersFor(views.all.length, engine.workers),
    views: views.all,
    ...(views.draws === undefined ? {} : { draws: views.draws.settings }),
  });
  for (const text of extraction.warnings) warn(text);
  const skipped = [...listed.skipped, ...extraction.skipped];
  const lost = new Set(extraction.skipped.map((file) => file.path));
  const judged = readable.flatMap((sample, index) =>
    lost.has(sample.path) ? [] : [{ sample, views: views.bySample[index]! }],
  );
  if (judged.length === 0) throw nothingLeft(request.data, skipped);
  const source = viewSource(
    extraction.table,
    judged.flatMap((each) => each.views),
  );
  const rows = await predictFeatures(engine, graphs.suffix, source, hooks);
  extraction.table.close();
  return {
    classifier,
    split: name,
    samples: judged.map(({ sample }) => sample),
    outputs: meansOf(
      rows,
      judged.map((each) => each.views.length),
    ),
    skipped,
    warnings,
    forwards: extraction.forwards,
    numericsClass: engine.numericsClass,
  };
}

/** The views of every image, one after the other, and image by image. */
function viewsOf(
  samples: readonly Sample[],
  digests: ReadonlyMap<string, Digest>,
  wanted: TestViews | undefined,
  { preprocessing }: LoadedClassifier,
) {
  const chosen = wanted === undefined ? undefined : testViews(wanted, preprocessing);
  const bySample = samples.map(({ path }): readonly View[] => {
    const image = digests.get(path)!;
    return (chosen?.of(image) ?? [undefined]).map((draw) => ({ path, image, draw }));
  });
  return { all: bySample.flat(), bySample, draws: chosen?.draws };
}

function viewSource(table: FeatureTable, views: readonly View[]): BatchSource {
  const rows = Int32Array.from(views, ({ image, draw }) => table.indexOf(image, draw?.digest) ?? -1);
  return {
    samples: views.length,
    shape: table.rowShape,
    read: (indices, into) =>
      table.read(
        Array.from(indices, (index) => rows[index]!),
        into,
      ),
  };
}

/** The mean of the rows of each image. One view is kept to the bit. */
function meansOf(rows: Float32Array, counts: readonly number[]): Float32Array {
  const views = counts.reduce((sum, count) => sum + count, 0);
  if (views === counts.length) return rows;
  const width = rows.length / views;
  const means = new Float32Array(counts.length * width);
  let row = 0;
  for (const [sample, count] of counts.entries()) {
    for (let column = 0; column < width; column++) {
      let sum = 0;
      for (let view = 0; view < count; view++) sum += rows[(row + view) * width + column]!;
      means[sample * width + column] = sum / count;
    }
    row += count;
  }
  return means;
}

/** The images with what is true of them, in the network's own names. */
function openLike(
  { task, classNames }: LoadedClassifier,
  { data, labels }: JudgementRequest,
): Promise<Dataset> {
  if (task !== "classification") return openTargets({ data, labels, task, names: classNames });
  if (labels === undefined) return openDataset(data, { classNames });
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    "--labels: the bundle is a classifier, whose classes come from the folders or a manifest. Leave --labels out.",
  );
}

/** The images of the split that is judged, and their digests. Images of the classifier's own training are divided as they were there. */
async function judgedSplit(
  opened: Dataset,
  { run }: LoadedClassifier,
  request: JudgementRequest,
  hooks: WorkOptions,
) {
  const digest = (samples: readonly Sample[]) =>
    digestSamples(samples, { ...hooks, cacheFile: digestCacheFile(request.store) });
  if (!mayBeOfTraining(run, request.data, opened)) {
    const { name, samples } = chooseSplit(opened.samples, request);
    return { name, samples, listed: await digest(samples) };
  }
  const { digests, skipped } = await digest(opened.samples);
  const divided = withTrainingSplits(opened, digests, run, request.data);
  const { name, samples } = chooseSplit(divided, request);
  const splitOf = new Map(opened.samples.map(({ path, split }) => [path, split]));
  const isOfOther = ({ path }: Skipped) => (splitOf.get(path) ?? name) !== name && name !== "all";
  return { name, samples, listed: { digests, skipped: skipped.filter((file) => !isOfOther(file)) } };
}

function chooseSplit(
  samples: readonly Sample[],
  { data, split }: JudgementRequest,
): { readonly name: Split | "all"; readonly samples: readonly Sample[] } {
  const of = (wanted: Split) => samples.filter((sample) => sample.split === wanted);
  if (split === undefined) {
    for (const wanted of ["test", "validation"] as const) {
      const chosen = of(wanted);
      if (chosen.length > 0) return { name: wanted, samples: chosen };
    }
    return { name: "all", samples };
  }
  const name = [...splits, "all" as const].find((one) => one === split);
  const chosen = name === "all" ? samples : samples.filter((sample) => sample.split === split);
  if (name !== undefined && chosen.length > 0) return { name, samples: chosen };
  const known = [...new Set(samples.map((sample) => sample.split ?? "none"))];
  throw new PermafrostError(
    "DATA_EMPTY",
    `${data}: expected images of the split ${JSON.stringify(split)}, found ${known.join(", ")}. Leave --split out or name another.`,
  );
}

function nothingLeft(data: string, skipped: readonly Skipped[]): PermafrostError {
  const [first] = skipped;
  const example = first === undefined ? "" : `, for example ${first.path}: ${first.reason}`;
  return new PermafrostError(
    "DATA_EMPTY",
    `${data}: expected images that can be read, found none; ${skipped.length} were skipped${example}.`,
  );
}
