import type { Preprocessing } from "../applications/preprocessing.ts";
import { PermafrostError } from "../base/errors.ts";
import type { BundleContents } from "../saving/bundleContents.ts";
import { loadBundle } from "../saving/loadBundle.ts";
import { modelFromBundle } from "./classifier/classifierBundle.ts";
import { type ClassifierGraphs, classifierGraphs } from "./classifier/classifierGraphs.ts";

/** A classifier read from its bundle, ready to be run. */
export interface LoadedClassifier {
  readonly task: Exclude<BundleContents["task"], "reconstruction">;
  /** In the order of the probabilities. */
  readonly classNames: readonly string[];
  readonly preprocessing: Preprocessing;
  readonly graphs: ClassifierGraphs;
  /** The temperature that makes probabilities as sure as they are right; left out where none was fitted. */
  readonly calibration?: BundleContents["calibration"];
  readonly run: BundleContents["run"];
}

/**
 * Reads a bundle; every digest in it is checked.
 *
 * @throws PermafrostError NOT_FOUND, BUNDLE_INVALID, BUNDLE_NEWER, DIGEST_MISMATCH or WEIGHTS_INVALID.
 */
export async function loadClassifier(folder: string): Promise<LoadedClassifier> {
  const contents = await loadBundle(folder);
  const { task } = contents;
  if (task === "reconstruction") throw noClassifier(folder);
  const { model } = await modelFromBundle(contents, folder);
  return {
    task,
    classNames: contents.classNames,
    preprocessing: contents.preprocessing,
    graphs: classifierGraphs(model),
    ...(contents.calibration === undefined ? {} : { calibration: contents.calibration }),
    run: contents.run,
  };
}

/** A warning where this machine's numerics are not those of the training; the last bits of probabilities may differ. */
export function numericsWarning({ run }: LoadedClassifier, numericsClass: string): string | undefined {
  return run.numericsClass === numericsClass
    ? undefined
    : `the classifier was trained in the numerics class "${run.numericsClass}", this machine's is "${numericsClass}": probabilities may differ in their last digits.`;
}

function noClassifier(folder: string): PermafrostError {
  return new PermafrostError(
    "BUNDLE_INVALID",
    `${folder}: expected a classifier, got a pretrained encoder, which has no classes yet. Train a classifier on it: permafrost train photos/ --base ${folder}.`,
    { details: { path: folder } },
  );
}
