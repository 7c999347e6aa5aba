import type { Digest } from "../../base/digest.ts";
import { type Split, splits } from "../../data/dataset.ts";
import type { ViewDraw, ViewDraws } from "../../features/viewDraws.ts";
import type { View } from "../../features/views.ts";
import { isEndless } from "../request/augmentation.ts";
import type { PreparedData } from "./prepareData.ts";

/** Different views of each split's images. */
export type ViewCounts = Readonly<Partial<Record<Split, number>>>;

/** Images of each split; equal files count each. */
export function countSamples({ dataset }: PreparedData): ViewCounts {
  const counts: Partial<Record<Split, number>> = {};
  for (const { split } of dataset.samples) counts[split] = (counts[split] ?? 0) + 1;
  return counts;
}

/**
 * How many different views a training sees of each split in epochs `firstEpoch` to `epochs - 1`: the images as they are, and
 * training images under their draws.
 * A view that two splits share counts for the first of them.
 */
export function countViews(
  data: PreparedData,
  draws: ViewDraws | undefined,
  epochs: number,
  firstEpoch = 0,
): ViewCounts {
  const seen = new Set<Digest>();
  const counts: Partial<Record<Split, number>> = {};
  for (const split of splits) {
    const images = new Set(imagesOf(data, split));
    let views = 0;
    for (const image of images) {
      if (!seen.has(image)) views++;
      seen.add(image);
      if (split === "train" && draws !== undefined) {
        views += drawnViews(draws, image, epochs, firstEpoch).length;
      }
    }
    if (images.size > 0) counts[split] = views;
  }
  return counts;
}

/** All views that a training sees, each at least once. */
export function* viewsOf(
  data: PreparedData,
  draws: ViewDraws | undefined,
  epochs: number,
  firstEpoch = 0,
): Generator<View> {
  for (const { path, split } of data.dataset.samples) {
    const image = data.digests.get(path)!;
    yield { path, image };
    if (split !== "train" || draws === undefined) continue;
    for (const draw of drawnViews(draws, image, epochs, firstEpoch)) yield { path, image, draw };
  }
}

/** Where the number of views is limited, those of all epochs are computed, whichever epoch comes first. */
function drawnViews(
  draws: ViewDraws,
  image: Digest,
  epochs: number,
  firstEpoch: number,
): readonly ViewDraw[] {
  const views = draws.upTo(image, epochs);
  const seen = isEndless(draws) ? views.slice(firstEpoch) : views;
  return seen.filter((draw) => draw !== undefined);
}

function imagesOf({ dataset, digests }: PreparedData, split: Split): readonly Digest[] {
  return dataset.samples.filter((sample) => sample.split === split).map(({ path }) => digests.get(path)!);
}
