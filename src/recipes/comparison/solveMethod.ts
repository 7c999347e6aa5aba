import { PermafrostError } from "../../base/errors.ts";
import type { Split } from "../../data/dataset.ts";
import { standardizer } from "../../heads/featureMatrix.ts";
import { labelsOf } from "../phases/headTraining.ts";
import { PhaseClock } from "../request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "../request/training.ts";
import { headFeatures } from "./headFeatures.ts";
import type { SolvedMethod } from "./method.ts";
import { answersOf, type MethodRun, type RunAnswers } from "./methodRun.ts";

/** Solves for a head on the features of the frozen base. */
export async function solveMethod(
  method: SolvedMethod,
  request: TrainingRequest,
  hooks: TrainingHooks,
): Promise<Omit<MethodRun, "method" | "seed" | "peakMemory">> {
  const clock = new PhaseClock();
  const warnings: string[] = [];
  const { classNames, splits, work, base, numericsClass } = await headFeatures(request, clock, {
    ...hooks,
    onWarning: (text) => void warnings.push(text),
  });
  const { train } = splits;
  if (train === undefined) throw nothingToLearn(request);
  const standardize = standardizer(train.features);
  const head = await clock.time("train", async () =>
    method.solve(standardize(train.features), labelsOf(train.samples), classNames.length),
  );
  const answers: Partial<Record<Split, RunAnswers>> = {};
  await clock.time("evaluate", async () => {
    for (const split of ["validation", "test"] as const) {
      const judged = splits[split];
      if (judged === undefined) continue;
      const probabilities = head.predict(standardize(judged.features));
      answers[split] = answersOf({ samples: judged.samples, probabilities }, classNames, head.calibrated);
    }
  });
  return {
    answers,
    ...work,
    seconds: clock.seconds,
    trainableParameters: head.parameters,
    base,
    warnings,
    numericsClass,
  };
}

function nothingToLearn({ data }: TrainingRequest): PermafrostError {
  return new PermafrostError(
    "DATA_EMPTY",
    `${data}: expected images to train on, found none that can be read.`,
  );
}
