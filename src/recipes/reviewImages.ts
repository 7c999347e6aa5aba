import { readdir } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { reviewPage } from "../evaluation/report/review/reviewPage.ts";
import type { ReviewedImage, ReviewReport } from "../evaluation/report/review/reviewReport.ts";
import type { LearningCurve } from "../evaluation/review/learningCurve.ts";
import { dataDigest } from "./data/prepareData.ts";
import { savePageIn } from "./pages/savePage.ts";
import type { TrainingHooks } from "./request/training.ts";
import { reviewReport } from "./review/assembleReport.ts";
import { findingsOf } from "./review/findings.ts";
import { isReviewFile, listsOf, reviewFiles, writeLists } from "./review/lists.ts";
import { placeReview, type ReviewedPlace } from "./review/reviewedPlace.ts";
import { reviewFeatures } from "./review/reviewFeatures.ts";

export interface ReviewRequest extends ReviewedPlace {
  /** Folder of the feature store. */
  readonly store: string;
  /** Folder for the page and the lists; new, or that of an earlier review. */
  readonly out: string;
  /** The command line, for the record. */
  readonly commandLine: string;
}

export interface ReviewResult {
  /** The folder or manifest that was looked at. */
  readonly data: string;
  readonly images: number;
  /** Out of the folds. */
  readonly accuracy: number;
  readonly issues: ReviewReport["issues"];
  readonly copies: ReviewReport["copies"];
  readonly outliers: ReviewReport["outliers"];
  readonly curve?: LearningCurve;
  readonly forwards: ReviewReport["forwards"];
  readonly skipped: ReviewReport["skipped"];
  /** Lists of an earlier review that somebody had changed: where they were put. */
  readonly kept: readonly string[];
  readonly out: string;
  readonly page: string;
}

/**
 * Looks for what is odd in a data set by the features of a base network: labels that are probably wrong, pictures that are there more
 * than once, images that look like no other; and how accuracy grows with the number of images. No image file is changed: lists are
 * written that `train --relabel` and `--exclude` take.
 *
 * @throws PermafrostError OUTPUT_EXISTS for a folder with other files in it; NOT_FOUND for a bundle whose images are gone; as a training for
 *   the data.
 */
export async function reviewImages(request: ReviewRequest, hooks: TrainingHooks = {}): Promise<ReviewResult> {
  await checkPlace(request.out);
  const { store, out, commandLine } = request;
  const { dataDigest: seen, warnings, ...placed } = await placeReview(request);
  for (const text of warnings) hooks.onWarning?.(text);
  const reviewed = await reviewFeatures({ ...placed, store }, hooks);
  const found = await findingsOf(reviewed, hooks);
  const changed = seen === undefined || seen === dataDigest(reviewed.data) ? [] : [otherImages];
  const remarks = [...changed, ...found.remarks];
  for (const text of remarks) hooks.onWarning?.(text);
  const report = await reviewReport(
    { data: placed.data, out, commandLine },
    { ...reviewed, warnings: [...warnings, ...remarks, ...reviewed.warnings] },
    found,
  );
  const kept = await writeLists(out, listsOf(report));
  await savePageIn(out, reviewPage(report));
  const { issues, copies, outliers: odd, accuracy, curve, forwards, skipped } = withoutThumbnails(report);
  return {
    data: placed.data,
    images: report.images,
    accuracy,
    issues,
    copies,
    outliers: odd,
    ...(curve === undefined ? {} : { curve }),
    forwards,
    skipped,
    kept,
    out,
    page: path.join(out, reviewFiles.page),
  };
}

const otherImages =
  "the images, their labels or their split are no longer those that the bundle was trained on.";

/** Refused before any work. */
async function checkPlace(folder: string): Promise<void> {
  const others = (await readdir(folder).catch(() => [])).filter((name) => !isReviewFile(name));
  if (others.length === 0) return;
  throw new PermafrostError(
    "OUTPUT_EXISTS",
    `${folder}: expected a new folder or one of an earlier review, found ${JSON.stringify(others[0])} in it. Nothing was changed; give another --out.`,
    { details: { path: folder, names: others } },
  );
}

/** For machines: what was found, without the pictures. */
function withoutThumbnails(report: ReviewReport): ReviewReport {
  const plain = <One extends ReviewedImage>({ thumbnail: _, ...rest }: One) => rest;
  return {
    ...report,
    issues: report.issues.map(plain),
    copies: report.copies.map(({ similarity, images }) => ({ similarity, images: images.map(plain) })),
    outliers: report.outliers.map(plain),
  };
}
