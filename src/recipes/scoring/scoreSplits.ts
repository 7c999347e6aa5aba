import { PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import { type Sample, type Split, splits } from "../../data/dataset.ts";
import type { Engine } from "../../engine/engine.ts";
import { readPredictions } from "../../evaluation/probabilities.ts";
import type { TaskScores } from "../../evaluation/taskScores.ts";
import { fitTemperature, type Temperature } from "../../evaluation/temperature.ts";
import { splitClassifier } from "../classifier/classifierGraphs.ts";
import { predictFeatures } from "../features/predictFeatures.ts";
import { labelsOf, samplesOf, type TrainedHead } from "../phases/headTraining.ts";
import { scoreOutputs } from "./taskScoring.ts";

/** What a classifier says of one split. */
export interface ScoredSplit {
  readonly samples: readonly Sample[];
  /** [samples, classes]; of another task [samples, labels], or values in their own units. */
  readonly probabilities: Float32Array;
}

export interface ScoredSplits {
  readonly metrics: Partial<Record<Split, TaskScores>>;
  /** The split that judges: test if there is one, else validation, else train. */
  readonly last: ScoredSplit;
  /** What the logits are divided by so that confidence is as high as accuracy: of a classifier, fitted on its validation images. */
  readonly calibration: Temperature | undefined;
}

/**
 * Scores every split with the final weights.
 *
 * @throws PermafrostError LOSS_NAN when they give no numbers: the last update itself was too large.
 */
export async function scoreSplits(
  engine: Engine,
  trained: Omit<TrainedHead, "record">,
  work: WorkOptions,
): Promise<ScoredSplits> {
  const { suffix } = splitClassifier(
    trained.model,
    trained.readsPictures ? trained.model.weights : trained.changed,
  );
  const metrics: Partial<Record<Split, TaskScores>> = {};
  let calibration: Temperature | undefined;
  let last: ScoredSplit = { samples: [], probabilities: new Float32Array(0) };
  for (const split of splits) {
    const samples = samplesOf(trained, split);
    if (samples.length === 0) continue;
    const source = trained.features.of(samples);
    const probabilities = await predictFeatures(engine, suffix, source, work);
    refuseDiverged(probabilities, split);
    const { task, classNames } = trained.dataset;
    metrics[split] = scoreOutputs(task, probabilities, samples, classNames);
    last = { samples, probabilities };
    if (split === "validation" && task === undefined) {
      const labels = labelsOf(samples);
      calibration = fitTemperature(readPredictions(probabilities, labels, classNames), labels);
    }
  }
  return { metrics, last, calibration };
}

function refuseDiverged(probabilities: Float32Array, split: Split): void {
  if (probabilities.every(Number.isFinite)) return;
  throw new PermafrostError(
    "LOSS_NAN",
    `training diverged: expected predictions of the ${split} images, got NaN from the trained weights. Nothing was saved; use a lower learning rate.`,
    { details: { split } },
  );
}
