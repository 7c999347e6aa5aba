import { presetPipeline } from "../../augmentation/presets.ts";
import { type Digest, digestOf } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { SplitSample } from "../../data/split.ts";
import { groupDigest } from "../../features/key.ts";
import { featureGroup } from "../../features/prefixGroup.ts";
import { orderedDataDigest, type PreparedData } from "../data/prepareData.ts";
import { drawnFeatures } from "../features/drawnFeatures.ts";
import { pooledRows, pooledSource } from "../features/pooledRows.ts";
import { type FrozenImages, frozenImages } from "../phases/frozenImages.ts";
import { type Augmentation, viewDraws } from "../request/augmentation.ts";
import type { ForwardCounts } from "../request/forwardCounts.ts";
import { PhaseClock } from "../request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "../request/training.ts";
import type { FoldFeatures } from "./foldData.ts";
import type { Candidate } from "./searchSpace.ts";
import { shared } from "./sharedRows.ts";
import { type ViewTable, viewTable } from "./viewTable.ts";

/** What heads are trained on and judged by, for one cut and one augmentation. */
export interface SweepFeatures extends FoldFeatures {
  /** Those that can be read, in the order of the rows. */
  readonly samples: readonly SplitSample[];
  readonly forwards: Pick<ForwardCounts, "computed" | "reused">;
  /** Of all that the numbers, their rows and their views hang on. */
  readonly digest: Digest;
}

/** The features that candidates with this cut and augmentation need, of all images: each view computed once for all of them. */
export async function sweepFeatures(
  request: TrainingRequest,
  { cut, augment }: Pick<Candidate, "cut" | "augment">,
  found: PreparedData,
  hooks: TrainingHooks,
): Promise<SweepFeatures> {
  const augmentation = sweepAugmentation(augment);
  const cutRequest = { ...request, ...(cut === undefined ? {} : { cut }) };
  const images = await frozenImages(cutRequest, found, new PhaseClock(), hooks);
  const { samples } = images.dataset;
  const plain = await pooledRows(images.features.of(samples));
  images.features.close();
  const drawn = augmentation && (await drawnRows(images, augmentation, request));
  return {
    samples,
    plain: { ...plain, data: shared([plain.data]) },
    ...(drawn === undefined ? {} : { drawn }),
    forwards: images.log.outcome(samples, 1).forwards,
    digest: digestOf([frozenDigest(images), orderedDataDigest(images), augmentation ?? null]),
  };
}

/** Of the frozen part, which every sweep has, and how pictures become its input. */
function frozenDigest({ options }: FrozenImages): Digest {
  return groupDigest(featureGroup(options!, options!.numericsClass));
}

async function drawnRows(
  { dataset, digests, base, log, options }: FrozenImages,
  augmentation: Augmentation,
  { epochs, batchSize, seed }: TrainingRequest,
): Promise<ViewTable | undefined> {
  const draws = viewDraws(augmentation, base.preprocessing);
  if (draws === undefined) return undefined;
  const { samples } = dataset;
  const drawn = await drawnFeatures({ samples, digests }, draws, { epochs, batchSize, seed }, options!);
  await log.addDrawn(drawn.summary(), augmentation);
  try {
    return await viewTable(
      samples,
      pooledSource(drawn.source),
      epochs,
      ({ path }, epoch) => draws.of(digests.get(path)!, epoch)?.digest ?? "",
    );
  } finally {
    await drawn.close();
  }
}

/**
 * "none", "flip", or a preset with the number of views an image: "book:5". Fresh views have no end and would be computed while
 * every head waits, so a number belongs to all but flips.
 *
 * @throws PermafrostError INVALID_ARGUMENT or UNKNOWN_NAME.
 */
export function sweepAugmentation(text: string): Augmentation | undefined {
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
