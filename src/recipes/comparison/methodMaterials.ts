import path from "node:path";
import { packageVersion } from "../../base/version.ts";
import type { TrainingRequest } from "../request/training.ts";
import type { ComparisonData } from "./comparisonData.ts";
import type { ComparisonRequest } from "./comparisonRequest.ts";
import type { MethodMaterial } from "./method.ts";
import { type MethodCall, requestOf } from "./methodCalls.ts";

/** What the trainings of all methods have in common. */
export function commonRequest(request: ComparisonRequest): TrainingRequest {
  const {
    methods: _,
    seeds: _seeds,
    augmentation: _augmentation,
    budget: _budget,
    recipe: _recipe,
    fixed: _fixed,
    fineTuneEpochs: _epochs,
    unfrozenBlock: _block,
    fineTuneRate: _rate,
    ...settings
  } = request;
  return { ...settings, splitSeed: request.seed, embedBase: false };
}

/** What one run of a method is made of. */
export function materialOf(
  request: ComparisonRequest,
  known: Pick<ComparisonData, "trainingImages">,
  call: MethodCall,
  seed: number,
): MethodMaterial {
  const { unfrozenBlock, fineTuneRate, fineTuneEpochs, epochs } = request;
  const out = path.join(runsFolder(request), runName(call, seed));
  return {
    common: { ...commonRequest(request), seed, out },
    augmentation: request.augmentation,
    fineTuning: {
      ...(unfrozenBlock === undefined ? {} : { unfreeze: unfrozenBlock }),
      ...(fineTuneRate === undefined ? {} : { fineTuneRate }),
      ...(fineTuneEpochs === undefined ? {} : { headEpochs: epochs, epochs: epochs + fineTuneEpochs }),
    },
    argument: call.argument,
    trainingImages: known.trainingImages,
    encoderFolder: path.resolve(`${out}-encoder`),
  };
}

/** All that a run's numbers hang on. */
export function keyOf(call: MethodCall, material: MethodMaterial, known: ComparisonData): unknown {
  const {
    out: _,
    store: _store,
    commandLine: _line,
    resume: _resume,
    data: _data,
    ...settings
  } = requestOf(call, material);
  const { dataDigest, baseDigest, numericsClass } = known;
  return { id: call.id, settings, dataDigest, baseDigest, numericsClass, permafrost: packageVersion() };
}

/** Name of a run's folder and record. */
export function runName({ id }: MethodCall, seed: number): string {
  return `${id.replaceAll(/[:+]/g, "-")}-seed${seed}`;
}

export function runsFolder({ out }: ComparisonRequest): string {
  return path.join(out, "runs");
}

/** Runs of a method: one where it hangs on no chance. */
export function runsOf({ method }: MethodCall, { seeds }: ComparisonRequest): number {
  return method.kind === "solved" || method.isCertain === true ? 1 : seeds;
}
