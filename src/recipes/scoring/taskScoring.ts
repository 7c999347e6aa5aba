import type { Sample, TargetTask } from "../../data/dataset.ts";
import { multilabelScores } from "../../evaluation/labelScores.ts";
import { classificationScores } from "../../evaluation/scores.ts";
import type { TaskScores } from "../../evaluation/taskScores.ts";
import { regressionScores } from "../../evaluation/valueScores.ts";
import { targetRows } from "../data/expectedTargets.ts";

/** Holds a model's outputs against what is true of samples that were not standardised. */
export function scoreOutputs(
  task: TargetTask | undefined,
  outputs: Float32Array,
  samples: readonly Sample[],
  names: readonly string[],
): TaskScores {
  switch (task) {
    case undefined:
      return classificationScores(
        outputs,
        samples.map(({ label }) => label),
        names,
      );
    case "multilabel":
      return multilabelScores(outputs, targetRows(samples), names);
    default:
      return regressionScores(outputs, targetRows(samples), names);
  }
}
