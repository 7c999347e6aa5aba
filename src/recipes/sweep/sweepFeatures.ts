import { presetPipeline } from "../../augmentation/presets.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { SplitSample } from "../../data/split.ts";
import { Engine } from "../../engine/engine.ts";
import { FeatureStore } from "../../features/store.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";
import { classifierModel } from "../classifier/classifierModel.ts";
import { headLayers } from "../classifier/headLayers.ts";
import { openBase } from "../classifier/openBase.ts";
import type { PreparedData } from "../data/prepareData.ts";
import { drawnFeatures } from "../features/drawnFeatures.ts";
import { ForwardLog } from "../features/forwardLog.ts";
import { pooledRows, pooledSource } from "../features/pooledRows.ts";
import { imagesAtCut } from "../phases/imagesAtCut.ts";
import { type Augmentation, viewDraws } from "../request/augmentation.ts";
import type { ForwardCounts } from "../request/forwardCounts.ts";
import { PhaseClock } from "../request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "../request/training.ts";
import { trainingPhases } from "../request/trainingPhases.ts";
import type { Candidate } from "./searchSpace.ts";

/** What heads are trained on and judged by, for one cut and one augmentation. */
export interface SweepFeatures {
  /** Those that can be read, in the order of the rows. */
  readonly samples: readonly SplitSample[];
  /** The images as they are. */
  readonly plain: FeatureMatrix;
  /** Their views, epoch after epoch; left out: as they are. */
  readonly drawn?: BatchSource;
  readonly forwards: Pick<ForwardCounts, "computed" | "reused">;
  close(): Promise<void>;
}

/** The features that candidates with this cut and augmentation need, of all images: each view computed once for all of them. */
export async function sweepFeatures(
  request: TrainingRequest,
  { cut, augment }: Pick<Candidate, "cut" | "augment">,
  found: PreparedData,
  hooks: TrainingHooks,
): Promise<SweepFeatures> {
  await using engine = await Engine.start();
  const base = await openBase({ ...request, ...(cut === undefined ? {} : { lastBlock: cut }) });
  const store = await FeatureStore.open(request.store);
  const { classNames } = found.dataset;
  const model = classifierModel(base, headLayers("linear", classNames.length), request);
  const log = await ForwardLog.open(store);
  const phase = trainingPhases(request, base)[0]!;
  const warn = (text: string) => hooks.onWarning?.(text);
  const parts = { request, phase, engine, store, base, model, found, warn, clock: new PhaseClock() };
  const images = await imagesAtCut(parts, hooks, log, undefined);
  const { samples } = images.dataset;
  const plain = await pooledRows(images.features.of(samples));
  images.features.close();
  const augmentation = augmentationOf(augment);
  const draws = viewDraws(augmentation, base.preprocessing);
  const order = { epochs: request.epochs, batchSize: request.batchSize, seed: request.seed };
  const drawn =
    draws && (await drawnFeatures({ samples, digests: images.digests }, draws, order, images.options!));
  if (drawn !== undefined) await log.addDrawn(drawn.summary(), augmentation!);
  return {
    samples,
    plain,
    ...(drawn === undefined ? {} : { drawn: pooledSource(drawn.source) }),
    forwards: log.outcome(samples, 1).forwards,
    close: async () => drawn?.close(),
  };
}

/**
 * "none", "flip", or a preset with the number of views an image: "book:5". Fresh views have no end and would be computed while
 * every head waits, so a number belongs to all but flips.
 */
function augmentationOf(text: string): Augmentation | undefined {
  const [name = "", views, ...rest] = text.split(":");
  if (name === "none") return undefined;
  const pool = Number(views ?? 2);
  if (
    rest.length === 0 &&
    Number.isSafeInteger(pool) &&
    pool > 0 &&
    (views !== undefined || name === "flip")
  ) {
    return { name, pipeline: presetPipeline(name), draws: { pool }, seed: 0 };
  }
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `--augment ${text}: expected none, flip, or a preset with the number of views an image, such as book:5.`,
  );
}
