import { PermafrostError } from "../base/errors.ts";
import type { Dataset, Sample, Skipped, Split } from "../data/dataset.ts";
import { digestSamples } from "../data/digests.ts";
import { openDataset } from "../data/openDataset.ts";
import { Engine } from "../engine/engine.ts";
import { type ClassificationScores, classificationScores } from "../evaluation/scores.ts";
import { FeatureStore } from "../features/store.ts";
import { featureSource, imageFeatures } from "./imageFeatures.ts";
import { loadClassifier, numericsWarning } from "./loadClassifier.ts";
import { predictFeatures } from "./predictFeatures.ts";
import { type Prediction, predictionsOf } from "./prediction.ts";
import { digestCacheFile } from "./prepareData.ts";
import type { TrainingHooks } from "./training.ts";

export interface EvaluationRequest {
  /** Folder of the bundle. */
  readonly bundle: string;
  /** Labelled images: class folders, split folders or a manifest. */
  readonly data: string;
  /** "train", "validation", "test" or "all". Default: test if there is one, else validation, else all. */
  readonly split?: string;
  /** Folder of the feature store. */
  readonly store: string;
}

/** What the classifier says of an image, and what it is. */
export interface JudgedPrediction extends Prediction {
  readonly trueClass: string;
}

export interface EvaluationResult {
  readonly split: string;
  readonly samples: number;
  readonly scores: ClassificationScores;
  /** Of every image, in the data set's order. */
  readonly predictions: readonly JudgedPrediction[];
  readonly skipped: readonly Skipped[];
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly classes: readonly string[];
  readonly numericsClass: string;
}

/**
 * Scores a classifier on labelled images. Classes are matched by name.
 *
 * @throws PermafrostError CLASS_MISMATCH for a class that the classifier does not know; DATA_EMPTY when no image is left.
 */
export async function evaluateClassifier(
  request: EvaluationRequest,
  hooks: Omit<TrainingHooks, "onEpoch"> = {},
): Promise<EvaluationResult> {
  const classifier = await loadClassifier(request.bundle);
  const { classNames, graphs, preprocessing } = classifier;
  const { name, samples } = chooseSplit(await openDataset(request.data, { classNames }), request);
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
  const predictions = predictionsOf(judged, probabilities, classNames);
  return {
    split: name,
    samples: judged.length,
    scores: classificationScores(
      probabilities,
      Float32Array.from(judged, (sample) => sample.label),
      classNames,
    ),
    predictions: predictions.map((made, row) => ({ ...made, trueClass: judged[row]!.className })),
    skipped,
    forwards: extraction.forwards,
    classes: classNames,
    numericsClass: engine.numericsClass,
  };
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
