import { stat } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../../base/errors.ts";
import type { BundleContents } from "../../saving/bundleContents.ts";
import { loadBundle } from "../../saving/loadBundle.ts";
import { manifestName } from "../../saving/manifest.ts";
import { trainingDefaults } from "../request/trainingDefaults.ts";
import type { ReviewDataRequest } from "./reviewFeatures.ts";

/** What is to be reviewed: a bundle stands for the images that it was trained on, or a folder, with what is asked for beside it. */
export interface ReviewedPlace {
  /** A bundle, or labelled images: class folders, split folders or a manifest. */
  readonly place: string;
  /** Default: the bundle's base, or that of a training. */
  readonly base?: string;
  /** Default: as in the bundle's training, or in any. */
  readonly validationSplit?: number;
  readonly seed?: number;
}

/** The images, base and split of a review. */
export type PlacedReview = Omit<ReviewDataRequest, "store"> & {
  /** Of a bundle: what its training saw, to be held against what is there now. */
  readonly dataDigest?: string;
  readonly warnings: readonly string[];
};

/**
 * @throws PermafrostError NOT_FOUND for a bundle whose images are not where they were, or that does not say where they were;
 *   INVALID_ARGUMENT for one of another task; those of reading a bundle.
 */
export async function placeReview({
  place,
  base,
  validationSplit,
  seed,
}: ReviewedPlace): Promise<PlacedReview> {
  const asked = {
    ...(base === undefined ? {} : { base }),
    ...(validationSplit === undefined ? {} : { validationSplit }),
    ...(seed === undefined ? {} : { seed }),
  };
  const { base: usualBase, validationSplit: usualSplit, seed: usualSeed } = trainingDefaults;
  if (!(await exists(path.join(place, manifestName)))) {
    return {
      data: place,
      base: usualBase,
      validationSplit: usualSplit,
      seed: usualSeed,
      ...asked,
      warnings: [],
    };
  }
  const contents = await loadBundle(place);
  if (contents.task !== "classification") throw otherTask(place, contents.task);
  const { data, dataDigest } = contents.run;
  if (data === undefined || !(await exists(data.path))) throw noImages(place, data?.path);
  const { path: folder, splitSeed, ...divided } = data;
  return {
    data: folder,
    base: place,
    seed: splitSeed,
    ...divided,
    ...asked,
    dataDigest,
    warnings: base === undefined && isBaseTrained(contents) ? [trainedBase] : [],
  };
}

const trainedBase =
  "the bundle's base was itself trained on these labels: it may have learned wrong ones by heart, so fewer are found. Give --base with a network that was not.";

function isBaseTrained({ run }: BundleContents): boolean {
  const phases = run.training?.["phases"];
  if (!Array.isArray(phases)) return false;
  return phases.some((phase: { readonly base?: { readonly before?: string; readonly after?: string } }) => {
    return phase.base !== undefined && phase.base.before !== phase.base.after;
  });
}

function exists(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    () => false,
  );
}

function noImages(bundle: string, place: string | undefined): PermafrostError {
  const found =
    place === undefined
      ? "it does not say which they were, as bundles of earlier versions"
      : `${place} is no longer there`;
  return new PermafrostError(
    "NOT_FOUND",
    `${bundle}: expected the images that the bundle was trained on, but ${found}. Name their folder: permafrost review photos/ --base ${bundle}`,
    { details: { path: place ?? bundle } },
  );
}

function otherTask(bundle: string, task: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${bundle}: expected a bundle whose images have one class each, got one of the task ${task}. Review looks for wrong classes, copies and odd ones out among class folders.`,
    { details: { path: bundle, task } },
  );
}
