import { type LabelIssue, labelIssues } from "../../evaluation/review/confidentLearning.ts";
import { type LearningCurve, learningCurve } from "../../evaluation/review/learningCurve.ts";
import { type Neighbourhoods, neighbourhoods } from "../../evaluation/review/neighbourhoods.ts";
import { outOfFoldProbabilities } from "../../evaluation/review/outOfFold.ts";
import { rowsOf } from "../../heads/featureMatrix.ts";
import type { TrainingHooks } from "../request/training.ts";
import { groupsOf } from "./copies.ts";
import { type ImageMaps, imageMaps } from "./imageMaps.ts";
import type { ReviewData } from "./reviewFeatures.ts";

/** What the features of a data set say about it. */
export interface Findings {
  /** Of each image and class, by classifiers that have not seen it. */
  readonly probabilities: Float32Array;
  readonly issues: readonly LabelIssue[];
  readonly near: Neighbourhoods;
  readonly curve: LearningCurve | undefined;
  readonly maps: ImageMaps;
}

export async function findingsOf({ data, features }: ReviewData, hooks: TrainingHooks): Promise<Findings> {
  const { samples, classNames } = data.dataset;
  const tell = (done: number) => hooks.onProgress?.({ phase: "review", done, total: 3, unit: "steps" });
  tell(0);
  const near = neighbourhoods(features);
  tell(1);
  const labels = samples.map(({ label }) => label);
  const groups = groupsOf(samples, data.digests, near.pairs);
  const probabilities = outOfFoldProbabilities(features, labels, classNames.length, groups);
  tell(2);
  const part = (split: string) => {
    const rows = [...samples.keys()].filter((row) => samples[row]!.split === split);
    return { features: rowsOf(features, rows), labels: rows.map((row) => labels[row]!) };
  };
  const curve = learningCurve(part("train"), part("validation"), classNames.length);
  tell(3);
  const maps = await imageMaps(near.points, hooks);
  return { probabilities, issues: labelIssues(probabilities, labels, classNames.length), near, curve, maps };
}
