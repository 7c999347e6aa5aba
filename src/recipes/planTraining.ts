import { createBase } from "../applications/index.ts";
import { numericsClass } from "../engine/numerics.ts";
import { loadOrt } from "../engine/ort.ts";
import { keyBytes } from "../features/key.ts";
import { keepWhere } from "../features/measuredRates.ts";
import { checksumBytes, rowBytes, rowFormat } from "../features/packFormat.ts";
import { featureGroup } from "../features/prefixGroup.ts";
import { FeatureStore } from "../features/store.ts";
import { drawsName, viewDraws } from "./augmentation.ts";
import { baseOptions } from "./baseOptions.ts";
import { baseRate } from "./baseRate.ts";
import { classifierGraphs } from "./classifierGraphs.ts";
import { classifierModel } from "./classifierModel.ts";
import { plainForwards } from "./forwardCounts.ts";
import { headLayers } from "./headLayers.ts";
import { PhaseClock } from "./phaseClock.ts";
import { plannedForwards } from "./plannedForwards.ts";
import { describeModel } from "./plannedLayers.ts";
import { planRemarks } from "./planRemarks.ts";
import { prepareData } from "./prepareData.ts";
import type { TrainingHooks, TrainingRequest } from "./training.ts";
import type { TrainingPlan } from "./trainingPlan.ts";
import { countSamples } from "./viewCounts.ts";

export type { TrainingPlan } from "./trainingPlan.ts";

/**
 * Says what a training would compute, how long it takes, and what the plain way would cost. Nothing is trained, no image is
 * decoded and no feature is written; images that cannot be decoded are counted as if they could.
 *
 * @throws PermafrostError as `trainClassifier` does for data and names that make no sense.
 */
export async function planTraining(
  request: TrainingRequest,
  hooks: TrainingHooks = {},
): Promise<TrainingPlan> {
  const { base: name, epochs } = request;
  const [base, data, { version }] = await Promise.all([
    createBase(name, baseOptions(request)),
    prepareData(request, hooks, new PhaseClock()),
    loadOrt(),
  ]);
  const model = classifierModel(base, headLayers(request.head, data.dataset.classNames.length), request);
  const { prefix, reason } = classifierGraphs(model);
  const draws = viewDraws(request.augmentation, base.preprocessing);
  const { storeDtype = "float32" } = request;
  const input = { prefix, preprocessing: base.preprocessing, storeDtype };
  const group = featureGroup(input, numericsClass(version));
  const store = await FeatureStore.open(request.store);
  const rows = await store.group(group);
  const { views, compute, stored } = plannedForwards(data, draws, epochs, rows);
  rows.close();
  const images = countSamples(data);
  const plain = plainForwards(images, epochs);
  const rate = await baseRate(request.store, group, prefix);
  const perRow = rowBytes(rowFormat(group)) + keyBytes + checksumBytes;
  const plan = {
    base: name,
    layers: describeModel(model),
    cut: reason,
    draws: drawsName(draws?.policy),
    images,
    views,
    forwards: { compute, stored, plain, avoided: Math.max(0, plain - compute) },
    bytes: compute * perRow,
    rate,
    seconds: { compute: compute / rate.viewsPerSecond, plain: plain / rate.viewsPerSecond },
    keep: keepWhere(rate, perRow, compute),
    skipped: data.dataset.skipped,
    numericsClass: group.numericsClass,
  } as const;
  return { ...plan, remarks: planRemarks(request, plan) };
}
