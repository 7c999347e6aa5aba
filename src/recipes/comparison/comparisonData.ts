import path from "node:path";
import type { Digest } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import { numericsClass } from "../../engine/numerics.ts";
import { loadOrt } from "../../engine/ort.ts";
import { weightsDigest } from "../../models/weights.ts";
import { classifierGraphs } from "../classifier/classifierGraphs.ts";
import { classifierModel } from "../classifier/classifierModel.ts";
import { headLayers } from "../classifier/headLayers.ts";
import { openBase } from "../classifier/openBase.ts";
import { dataDigest, type PreparedData, prepareData } from "../data/prepareData.ts";
import { stepSeconds } from "../planning/stepRate.ts";
import { PhaseClock } from "../request/phaseClock.ts";
import type { TrainingRequest } from "../request/training.ts";
import { trainingPhases } from "../request/trainingPhases.ts";

/** What a comparison knows before it starts. */
export interface ComparisonData {
  readonly data: PreparedData;
  readonly dataDigest: Digest;
  readonly baseDigest: Digest;
  readonly numericsClass: string;
  /** Of the head alone, on stored features. */
  readonly headStepSeconds: number;
  /** Folder of the training images, where they have one of their own, else of all. */
  readonly trainingImages: string;
}

/**
 * Lists the images and opens the base, once for all methods.
 *
 * @throws PermafrostError DATA_EMPTY without images to judge by; INVALID_ARGUMENT for another task than classification.
 */
export async function comparisonData(common: TrainingRequest, work: WorkOptions): Promise<ComparisonData> {
  const [base, data, { version }] = await Promise.all([
    openBase(common),
    prepareData(common, work, new PhaseClock()),
    loadOrt(),
  ]);
  const { samples, classNames, layout, root } = data.dataset;
  if (!samples.some(({ split }) => split !== "train")) throw nothingToJudge(common);
  const baseDigest = weightsDigest(base);
  const model = classifierModel(base, headLayers(common.head, classNames.length), common);
  const phase = trainingPhases(common, base)[0]!;
  const { prefix } = classifierGraphs(model);
  return {
    data,
    dataDigest: dataDigest(data),
    baseDigest,
    numericsClass: numericsClass(version),
    headStepSeconds: await stepSeconds({ request: common, model, data, phase, prefix }),
    trainingImages: layout === "splits" ? path.join(root, "train") : root,
  };
}

function nothingToJudge({ data }: TrainingRequest): PermafrostError {
  return new PermafrostError(
    "DATA_EMPTY",
    `${data}: expected images of a validation or test split to judge the methods by, found training images only. ` +
      "Add a folder of them, or raise --validation-split.",
  );
}
