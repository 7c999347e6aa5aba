import path from "node:path";
import type { Split } from "../../data/dataset.ts";
import { holdsBundle } from "../phases/earlyEnd.ts";
import type { FinishedRuns } from "../phases/finishedRuns.ts";
import type { PretrainingHooks, PretrainingRequest, PretrainingResult } from "../pretraining/pretraining.ts";
import type { ScoredImages, TrainingHooks, TrainingRequest, TrainingResult } from "../request/training.ts";
import type { MethodMaterial, TrainedMethod } from "./method.ts";
import { answersOf, type MethodRun, type RunAnswers } from "./methodRun.ts";

/** The whole jobs that a comparison is made of; they stand above it. */
export interface ComparisonJobs {
  train(request: TrainingRequest, hooks: TrainingHooks): Promise<TrainingResult>;
  pretrain(request: PretrainingRequest, hooks: PretrainingHooks): Promise<PretrainingResult>;
}

/** Jobs that pretrain an encoder once: where it was finished before the training behind it was, its record is taken. */
export function keepingEncoder(
  jobs: ComparisonJobs,
  finished: FinishedRuns,
  name: string,
  key: unknown,
): ComparisonJobs {
  return {
    ...jobs,
    async pretrain(request, hooks) {
      const earlier =
        request.resume === false ? undefined : await finished.find<PretrainingResult>(name, key);
      if (earlier !== undefined && (await holdsBundle(request.out))) return earlier;
      const result = await jobs.pretrain(request, hooks);
      await finished.keep(name, key, result);
      return result;
    },
  };
}

/** Trains as a method says. @param request - What the method makes of the material. */
export async function trainMethod(
  method: TrainedMethod,
  material: MethodMaterial,
  request: TrainingRequest,
  { train, pretrain }: ComparisonJobs,
  hooks: TrainingHooks,
): Promise<Omit<MethodRun, "method" | "seed" | "peakMemory">> {
  const { onEpoch: _, ...work } = hooks;
  const pretraining = method.pretraining?.(material);
  const encoder = pretraining && (await pretrain(pretraining, work));
  const scored = new Map<Split, ScoredImages>();
  const result = await train(request, {
    ...work,
    onWarning: () => undefined,
    onScored: (split, images) => void scored.set(split, images),
  });
  const answers: Partial<Record<Split, RunAnswers>> = {};
  for (const split of ["validation", "test"] as const) {
    const images = scored.get(split);
    if (images !== undefined) answers[split] = answersOf(images, result.classes, method.isCalibrated ?? true);
  }
  const pretrained = Object.values(encoder?.seconds ?? {}).reduce((sum, seconds) => sum + seconds, 0);
  const images = encoder === undefined ? 0 : encoder.images.train + encoder.images.validation;
  const seen = images * (pretraining?.epochs ?? 0);
  return {
    answers,
    forwards: { ...result.forwards, computed: result.forwards.computed + seen },
    seconds: { ...(encoder === undefined ? {} : { pretrain: pretrained }), ...result.seconds },
    bytesWritten: result.bytesWritten,
    trainableParameters: result.trainableParameters + (encoder?.trainableParameters ?? 0),
    base: { before: result.phases[0]!.base.before, after: result.phases.at(-1)!.base.after },
    bundle: path.basename(result.bundle),
    warnings: [...(encoder?.warnings ?? []), ...result.warnings],
    numericsClass: result.numericsClass,
  };
}
