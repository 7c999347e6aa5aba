import { PermafrostError } from "../base/errors.ts";
import type { Dataset, Sample, Skipped, Split, TargetTask } from "../data/dataset.ts";
import { digestSamples } from "../data/digests.ts";
import { openDataset } from "../data/openDataset.ts";
import { openTargets } from "../data/openTargets.ts";
import { Engine } from "../engine/engine.ts";
import type { ClassificationScores } from "../evaluation/scores.ts";
import type { TaskScores } from "../evaluation/taskScores.ts";
import { FeatureStore } from "../features/store.ts";
import { digestCacheFile } from "./data/prepareData.ts";
import { featureSource, imageFeatures } from "./features/imageFeatures.ts";
import { predictFeatures } from "./features/predictFeatures.ts";
import { type LoadedClassifier, loadClassifier, numericsWarning } from "./loadClassifier.ts";
import type { TrainingHooks } from "./request/training.ts";
import {
  type LabelsPrediction,
  type Prediction,
  predictionsFor,
  type ValuesPrediction,
} from "./scoring/prediction.ts";
import { scoreOutputs } from "./scoring/taskScoring.ts";

export interface EvaluationRequest {
  /** Folder of the bundle. */
  readonly bundle: string;
  /** Labelled images: class folders, split folders or a manifest. */
  readonly data: string;
  /** Of another task: the table with one row an image, where `data` is the folder of the images. */
  readonly labels?: string;
  /** "train", "validation", "test" or "all". Default: test if there is one, else validation, else all. */
  readonly split?: string;
  /** Folder of the feature store. */
  readonly store: string;
}

/** What the classifier says of an image, and what it is. */
export interface JudgedPrediction extends Prediction {
  readonly trueClass: string;
}

/** What a network says of an image, and its labels or values. */
export type JudgedTarget =
  | (LabelsPrediction & { readonly trueLabels: readonly string[] })
  | (ValuesPrediction & { readonly trueValues: Readonly<Record<string, number>> });

export interface EvaluationResult<
  Scores extends TaskScores = ClassificationScores,
  Judged extends JudgedPrediction | JudgedTarget = JudgedPrediction,
> {
  readonly split: string;
  readonly samples: number;
  readonly scores: Scores;
  /** Of every image, in the data set's order. */
  readonly predictions: readonly Judged[];
  readonly skipped: readonly Skipped[];
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly classes: readonly string[];
  readonly numericsClass: string;
}

/**
 * Scores a classifier on labelled images. Classes, labels and values are matched by name. Whoever evaluates a bundle of another task
 * names the types of its scores and predictions.
 *
 * @throws PermafrostError CLASS_MISMATCH for a class that the classifier does not know; DATA_EMPTY when no image is left.
 */
export async function evaluateClassifier<
  Scores extends TaskScores = ClassificationScores,
  Judged extends JudgedPrediction | JudgedTarget = JudgedPrediction,
>(
  request: EvaluationRequest,
  hooks: Omit<TrainingHooks, "onEpoch"> = {},
): Promise<EvaluationResult<Scores, Judged>> {
  const classifier = await loadClassifier(request.bundle);
  const { classNames, graphs, preprocessing } = classifier;
  const task = classifier.task === "classification" ? undefined : classifier.task;
  const opened = await openLike(classifier, request);
  for (const note of opened.notes) hooks.onWarning?.(`${note}.`);
  const { name, samples } = chooseSplit(opened, request);
  const listed = await digestSamples(samples, { ...hooks, cacheFile: digestCacheFile(request.store) });
  await using engine = await Engine.start();
  const warning = numericsWarning(classifier, engine.numericsClass);
  if (warning !== undefined) hooks.onWarning?.(warning);
  const readable = samples.filter((sample) => listed.digests.has(sample.path));
  const extraction = await imageFeatures(readable, listed.digests, {
    ...hooks,
    prefix: graphs.prefix,
    store: await FeatureStore.open(request.store),
    preprocessing,
    numericsClass: engine.numericsClass,
    workers: engine.workers,
  });
  for (const text of extraction.warnings) hooks.onWarning?.(text);
  const skipped = [...listed.skipped, ...extraction.skipped];
  const judged = withoutFiles(readable, extraction.skipped);
  if (judged.length === 0) throw nothingLeft(request.data, skipped);
  const source = featureSource(extraction.table, judged, listed.digests);
  const probabilities = await predictFeatures(engine, graphs.suffix, source, hooks);
  extraction.table.close();
  const predictions = predictionsFor(classifier.task, judged, probabilities, classNames);
  return {
    split: name,
    samples: judged.length,
    scores: scoreOutputs(task, probabilities, judged, classNames) as Scores,
    predictions: predictions.map((made, row) => ({
      ...made,
      ...truthOf(task, judged[row]!, classNames),
    })) as readonly object[] as readonly Judged[],
    skipped,
    forwards: extraction.forwards,
    classes: classNames,
    numericsClass: engine.numericsClass,
  };
}

/** The images with what is true of them, in the network's own names. */
function openLike(
  { task, classNames }: LoadedClassifier,
  { data, labels }: EvaluationRequest,
): Promise<Dataset> {
  if (task !== "classification") return openTargets({ data, labels, task, names: classNames });
  if (labels === undefined) return openDataset(data, { classNames });
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    "--labels: the bundle is a classifier, whose classes come from the folders or a manifest. Leave --labels out.",
  );
}

function truthOf(
  task: TargetTask | undefined,
  { className, targets = [] }: Sample,
  names: readonly string[],
) {
  if (task === undefined) return { trueClass: className };
  if (task === "multilabel") return { trueLabels: names.filter((_, index) => targets[index] === 1) };
  return { trueValues: Object.fromEntries(names.map((name, index) => [name, targets[index]!])) };
}

function chooseSplit(
  { samples }: Dataset,
  { data, split }: EvaluationRequest,
): { readonly name: string; readonly samples: readonly Sample[] } {
  const of = (wanted: Split) => samples.filter((sample) => sample.split === wanted);
  if (split === undefined) {
    for (const wanted of ["test", "validation"] as const) {
      const chosen = of(wanted);
      if (chosen.length > 0) return { name: wanted, samples: chosen };
    }
    return { name: "all", samples };
  }
  const chosen = split === "all" ? samples : samples.filter((sample) => sample.split === split);
  if (chosen.length > 0) return { name: split, samples: chosen };
  const known = [...new Set(samples.map((sample) => sample.split ?? "none"))];
  throw new PermafrostError(
    "DATA_EMPTY",
    `${data}: expected images of the split ${JSON.stringify(split)}, found ${known.join(", ")}. Leave --split out or name another.`,
  );
}

function withoutFiles(samples: readonly Sample[], skipped: readonly Skipped[]): readonly Sample[] {
  const paths = new Set(skipped.map((file) => file.path));
  return samples.filter((sample) => !paths.has(sample.path));
}

function nothingLeft(data: string, skipped: readonly Skipped[]): PermafrostError {
  const [first] = skipped;
  const example = first === undefined ? "" : `, for example ${first.path}: ${first.reason}`;
  return new PermafrostError(
    "DATA_EMPTY",
    `${data}: expected images that can be read, found none; ${skipped.length} were skipped${example}.`,
  );
}
