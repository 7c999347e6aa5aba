import { readFile } from "node:fs/promises";
import { type Digest, sha256 } from "../base/digest.ts";
import { messageOf, PermafrostError } from "../base/errors.ts";
import type { Skipped } from "../data/dataset.ts";
import { Engine } from "../engine/engine.ts";
import { readPredictions } from "../evaluation/probabilities.ts";
import { withTemperature } from "../evaluation/temperature.ts";
import { FeatureStore } from "../features/store.ts";
import { findImages } from "./data/findImages.ts";
import { featureSource, imageFeatures } from "./features/imageFeatures.ts";
import { predictFeatures } from "./features/predictFeatures.ts";
import { type LoadedClassifier, loadClassifier, numericsWarning } from "./loadClassifier.ts";
import type { TrainingHooks } from "./request/training.ts";
import { expectRowsOfNumbers } from "./scoring/expectNumbers.ts";
import { type Prediction, predictionsFor, type TaskPrediction } from "./scoring/prediction.ts";

export type { LabelsPrediction, Prediction, TaskPrediction, ValuesPrediction } from "./scoring/prediction.ts";

export interface PredictionRequest {
  /** Folder of the bundle. */
  readonly bundle: string;
  /** Files, folders (searched through) and globs. */
  readonly images: readonly string[];
  /** Divide logits by the temperature that the bundle holds: probabilities as sure as they are right. Default false. */
  readonly calibrated?: boolean;
}

export interface PredictionResult<P extends TaskPrediction = Prediction> {
  readonly predictions: readonly P[];
  readonly skipped: readonly Skipped[];
}

/**
 * Classifies image files. An image's probabilities have the same bits alone, in any company, and in `evaluateClassifier`. A bundle of
 * another task gives labels or values: `predictImages<LabelsPrediction>(...)`.
 *
 * @throws PermafrostError NOT_FOUND when a path or glob matches nothing; BUNDLE_INVALID when a temperature is asked for and there is none;
 *   WEIGHTS_INVALID where the network gives no numbers.
 */
export async function predictImages<P extends TaskPrediction = Prediction>(
  request: PredictionRequest,
  hooks: Omit<TrainingHooks, "onEpoch"> = {},
): Promise<PredictionResult<P>> {
  const [paths, classifier] = await Promise.all([findImages(request.images), loadClassifier(request.bundle)]);
  const { task, classNames, graphs, preprocessing } = classifier;
  const temperature = request.calibrated === true ? temperatureOf(classifier, request.bundle) : undefined;
  const { digests, skipped } = await digestFiles(paths);
  await using engine = await Engine.start({ workers: 1 });
  const warning = numericsWarning(classifier, engine.numericsClass);
  if (warning !== undefined) hooks.onWarning?.(warning);
  const readable = [...digests.keys()].map((path) => ({ path }));
  if (readable.length === 0) return { predictions: [], skipped };
  const extraction = await imageFeatures(readable, digests, {
    ...hooks,
    prefix: graphs.prefix,
    store: FeatureStore.inMemory(),
    preprocessing,
    numericsClass: engine.numericsClass,
    workers: Number.POSITIVE_INFINITY,
  });
  const unreadable = new Set(extraction.skipped.map((file) => file.path));
  const judged = readable.filter(({ path }) => !unreadable.has(path));
  const source = featureSource(extraction.table, judged, digests);
  const plain = await predictFeatures(engine, graphs.suffix, source, hooks);
  expectRowsOfNumbers(judged, plain);
  const probabilities =
    temperature === undefined ? plain : scaled(plain, judged.length, classNames, temperature);
  // Whoever names another type than the default knows the bundle's task.
  const predictions = predictionsFor(task, judged, probabilities, classNames) as P[];
  return { predictions, skipped: [...skipped, ...extraction.skipped] };
}

function temperatureOf({ calibration }: LoadedClassifier, bundle: string): number {
  if (calibration !== undefined) return calibration.temperature;
  throw new PermafrostError(
    "BUNDLE_INVALID",
    `${bundle}: expected a temperature for calibrated probabilities, the bundle holds none. It is fitted on validation images when a classifier is trained: train again, with some.`,
    { details: { path: bundle } },
  );
}

function scaled(
  probabilities: Float32Array,
  images: number,
  classNames: readonly string[],
  temperature: number,
): Float32Array {
  // The labels are not looked at.
  const predictions = readPredictions(probabilities, new Uint8Array(images), classNames);
  return withTemperature(predictions, temperature);
}

async function digestFiles(
  paths: readonly string[],
): Promise<{ readonly digests: ReadonlyMap<string, Digest>; readonly skipped: readonly Skipped[] }> {
  const digests = new Map<string, Digest>();
  const skipped: Skipped[] = [];
  for (const path of paths) {
    try {
      const bytes = await readFile(path);
      if (bytes.length === 0) throw new PermafrostError("IMAGE_UNREADABLE", "empty file (0 bytes)");
      digests.set(path, sha256(bytes));
    } catch (error) {
      skipped.push({ path, reason: messageOf(error) });
    }
  }
  return { digests, skipped };
}
