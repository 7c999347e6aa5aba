import { freezeBelow } from "../../applications/unfreeze.ts";
import { balancedClassWeights } from "../../data/classWeights.ts";
import type { SplitSample } from "../../data/split.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { reconstructionName } from "../../models/mirror.ts";
import { trainedWeights } from "../../training/compiled/trainedWeights.ts";
import type { FitOptions } from "../../training/runs/fitOptions.ts";
import { predictionsName } from "../classifier/taskTraining.ts";
import { expectedOf } from "../data/expectedTargets.ts";
import type { PreparedData } from "../data/prepareData.ts";
import { pictureFeatures } from "../features/cutFeatures.ts";
import { ForwardLog } from "../features/forwardLog.ts";
import { fitPhase, type PhaseFit } from "../phases/fitPhase.ts";
import { type HeadTraining, labelsOf, samplesOf, type TrainedHead } from "../phases/headTraining.ts";
import { jointReason } from "../phases/mixing.ts";
import { standardizeFirst, type TrainedClassifier } from "../phases/trainPhases.ts";
import { viewDraws } from "../request/augmentation.ts";
import type { JointTraining, TrainingHooks } from "../request/training.ts";
import { checkJoint, compileJointly } from "./compileJointly.ts";
import { jointModel } from "./jointModel.ts";
import { KeptPictures } from "./keptPictures.ts";
import { type PicturePairs, picturePairs } from "./picturePairs.ts";
import { notLabelled, unlabelledImages } from "./unlabelledImages.ts";

/**
 * Trains classifier and reconstruction at once (Le et al. 2018, "Supervised autoencoders"): the loss is that of the classification
 * plus `weight` times the mean squared error of the reconstruction, both as means over the images that they count for. Images
 * without labels count for the reconstruction alone. The decoder is put aside afterwards.
 *
 * @throws PermafrostError INVALID_ARGUMENT for what cannot be combined with it, or a base that cannot be mirrored.
 */
export async function trainJointly(
  training: HeadTraining,
  joint: JointTraining,
  hooks: TrainingHooks,
): Promise<TrainedClassifier> {
  const { base, model, store, request, phase } = training;
  checkJoint(training, joint);
  const log = await ForwardLog.open(store);
  const labelled = await standardizeFirst(training, hooks, log);
  freezeBelow(base, phase.unfrozenFrom);
  const kept = new KeptPictures(base.preprocessing);
  const unlabelled = await unlabelledOf(training, joint, labelled, hooks, kept);
  const fitted = await training.clock.time("train", () =>
    fitJointly({ ...training, found: labelled }, joint, { unlabelled, kept }, hooks),
  );
  log.addPlain(labelled.dataset.samples, fitted.history.epoch.length, unlabelled.dataset.samples.length);
  const { record, trained, ...rest } = fitted;
  const changed = [...trainedWeights(model, undefined).values()];
  return {
    ...labelled,
    ...rest,
    model,
    changed,
    putAside: sizeOfAll(trained) - sizeOfAll(changed),
    features: pictureFeatures(base.preprocessing),
    readsPictures: true,
    phases: [record],
    ...log.outcome(labelled.dataset.samples, request.epochs),
  };
}

/** Images without labels; those that have one, or are there to judge by, are not counted again. */
async function unlabelledOf(
  { request }: HeadTraining,
  { unlabelled }: JointTraining,
  labelled: PreparedData,
  hooks: TrainingHooks,
  kept: KeptPictures,
): Promise<PreparedData> {
  const none = { dataset: { ...labelled.dataset, samples: [] }, digests: labelled.digests };
  if (unlabelled === undefined) return none;
  const { store, seed } = request;
  const found = await unlabelledImages({ data: unlabelled, store, seed, validationSplit: 0 }, hooks, kept);
  const samples = notLabelled(found.dataset.samples, found.digests, labelled);
  return {
    dataset: { ...labelled.dataset, samples },
    digests: new Map([...labelled.digests, ...found.digests]),
  };
}

interface Unlabelled {
  readonly unlabelled: PreparedData;
  readonly kept: KeptPictures;
}

async function fitJointly(
  training: HeadTraining,
  joint: JointTraining,
  { unlabelled, kept }: Unlabelled,
  hooks: TrainingHooks,
): Promise<Pick<TrainedHead, "history" | "failure" | "record"> & { readonly trained: readonly Parameter[] }> {
  const { request, found, base, model } = training;
  const train = [...samplesOf(found, "train"), ...unlabelled.dataset.samples];
  const validation = samplesOf(found, "validation");
  const { digests } = unlabelled;
  const steps = Math.ceil(train.length / request.batchSize);
  const both = jointModel(base, model, request);
  const pairs = pairsOf(training, train, digests, kept, true);
  const compiled = compileJointly(training, joint, both, steps * request.epochs);
  const fitted: PhaseFit = {
    compiled,
    x: pairs.inputs,
    y: targetsOf(found, train, pairs),
    options: {
      sampleWeight: weightsOf(training, unlabelled.dataset.samples.length),
      ...validationOf(training, validation, pairsOf(training, validation, digests, kept, false)),
    },
    cut: jointReason,
    steps,
    data: { dataset: { ...found.dataset, samples: [...train, ...validation] }, digests },
  };
  return { ...(await fitPhase(training, fitted, hooks)), trained: [...compiled.trained.values()] };
}

function sizeOfAll(weights: readonly Parameter[]): number {
  return weights.reduce((sum, { size }) => sum + size, 0);
}

function pairsOf(
  { request, base }: HeadTraining,
  samples: readonly SplitSample[],
  digests: PreparedData["digests"],
  kept: KeptPictures,
  isTraining: boolean,
): PicturePairs {
  const { preprocessing } = base;
  const draws = isTraining ? viewDraws(request.augmentation, preprocessing) : undefined;
  return picturePairs({ samples, digests, preprocessing, draws, damage: {}, seed: request.seed, kept });
}

function targetsOf({ dataset }: PreparedData, samples: readonly SplitSample[], { targets }: PicturePairs) {
  return { [predictionsName]: expectedOf(dataset, samples), [reconstructionName]: targets };
}

/**
 * Of the classification 0 for images without labels. The others count more by as much, so that its loss is the mean over them.
 *
 * @param unlabelled - How many follow the labelled ones.
 */
function weightsOf({ request, found }: HeadTraining, unlabelled: number) {
  const labelled = samplesOf(found, "train");
  const total = labelled.length + unlabelled;
  const classWeights =
    request.classWeight === undefined
      ? undefined
      : balancedClassWeights(labelsOf(labelled), found.dataset.classNames.length);
  const weightOf = ({ weight, label }: SplitSample) =>
    (weight * (classWeights?.[label] ?? 1) * total) / labelled.length;
  const none = new Array<number>(unlabelled).fill(0);
  return {
    [predictionsName]: Float32Array.from([...labelled.map(weightOf), ...none]),
    [reconstructionName]: new Float32Array(total).fill(1),
  };
}

function validationOf(
  { found }: HeadTraining,
  samples: readonly SplitSample[],
  pairs: PicturePairs,
): Pick<FitOptions, "validationData"> {
  if (samples.length === 0) return {};
  return { validationData: [pairs.inputs, targetsOf(found, samples, pairs)] };
}
