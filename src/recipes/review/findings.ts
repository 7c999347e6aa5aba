import { Engine } from "../../engine/engine.ts";
import { type LabelIssue, labelIssues } from "../../evaluation/review/confidentLearning.ts";
import { type LearningCurve, learningCurve } from "../../evaluation/review/learningCurve.ts";
import { type Neighbourhoods, neighbourhoods } from "../../evaluation/review/neighbourhoods.ts";
import { outOfFoldProbabilities } from "../../evaluation/review/outOfFold.ts";
import { type FeatureMatrix, rowsOf } from "../../heads/featureMatrix.ts";
import type { TrainingHooks } from "../request/training.ts";
import { groupsOf } from "./copies.ts";
import { type ImageMaps, imageMaps } from "./imageMaps.ts";
import { pausing } from "./progress.ts";
import type { ReviewData } from "./reviewFeatures.ts";

/** What the features of a data set say about it. */
export interface Findings {
  /** Of each image and class, by classifiers that have not seen it. */
  readonly probabilities: Float32Array;
  readonly issues: readonly LabelIssue[];
  readonly near: Neighbourhoods;
  readonly curve: LearningCurve | undefined;
  readonly maps: ImageMaps;
  /** What was not looked at, and why. */
  readonly remarks: readonly string[];
}

/** A class needs so many different images: one in each fold at least, or a classifier that has not seen it knows nothing of it. */
const fewestImages = 5;

export async function findingsOf({ data, features }: ReviewData, hooks: TrainingHooks): Promise<Findings> {
  const { samples, classNames } = data.dataset;
  const near = await compared(features, hooks);
  const labels = samples.map(({ label }) => label);
  const groups = groupsOf(samples, data.digests, near.pairs);
  const probabilities = await outOfFoldProbabilities(features, labels, classNames.length, groups, {
    onFold: pausing("labels", "folds", hooks),
  });
  const part = (split: string) => {
    const rows = [...samples.keys()].filter((row) => samples[row]!.split === split);
    return { features: rowsOf(features, rows), labels: rows.map((row) => labels[row]!) };
  };
  const curve = await learningCurve(part("train"), part("validation"), classNames.length, {
    onFit: pausing("curve", "fits", hooks),
  });
  const maps = await imageMaps(near.points, hooks);
  const small = smallClasses(labels, groups, classNames.length);
  const issues = labelIssues(probabilities, labels, classNames.length).filter(
    ({ label, suggested }) => !small.has(label) && !small.has(suggested),
  );
  return { probabilities, issues, near, curve, maps, remarks: smallRemarks(small, classNames) };
}

async function compared(features: FeatureMatrix, hooks: TrainingHooks): Promise<Neighbourhoods> {
  await using engine = await Engine.start();
  return await neighbourhoods(engine, features, { onRows: pausing("compare", "images", hooks) });
}

/** Copies of one image count once. */
function smallClasses(
  labels: readonly number[],
  groups: readonly number[],
  classes: number,
): ReadonlySet<number> {
  const images = Array.from({ length: classes }, () => new Set<number>());
  for (const [row, label] of labels.entries()) images[label]!.add(groups[row]!);
  return new Set([...images.keys()].filter((label) => images[label]!.size < fewestImages));
}

function smallRemarks(small: ReadonlySet<number>, classNames: readonly string[]): string[] {
  if (small.size === 0) return [];
  const names = [...small].map((label) => JSON.stringify(classNames[label])).join(", ");
  return [
    `fewer than ${fewestImages} different images of ${names}: whether their labels are wrong cannot be told.`,
  ];
}
