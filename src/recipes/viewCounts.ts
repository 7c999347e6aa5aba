import type { Digest } from "../base/digest.ts";
import { type Split, splits } from "../data/dataset.ts";
import type { ViewDraws } from "../features/viewDraws.ts";
import type { View } from "../features/views.ts";
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
 * How many different views a training sees of each split: the images as they are, and training images under their draws.
 * A view that two splits share counts for the first of them.
 */
export function countViews(data: PreparedData, draws: ViewDraws | undefined, epochs: number): ViewCounts {
  const seen = new Set<Digest>();
  const counts: Partial<Record<Split, number>> = {};
  for (const split of splits) {
    const images = new Set(imagesOf(data, split));
    let views = 0;
    for (const image of images) {
      if (!seen.has(image)) views++;
      seen.add(image);
      if (split === "train" && draws !== undefined) views += drawnViews(draws, image, epochs);
    }
    if (images.size > 0) counts[split] = views;
  }
  return counts;
}

/** All views that a training sees, each at least once. */
export function* viewsOf(data: PreparedData, draws: ViewDraws | undefined, epochs: number): Generator<View> {
  for (const { path, split } of data.dataset.samples) {
    const image = data.digests.get(path)!;
    yield { path, image };
    if (split !== "train" || draws === undefined) continue;
    for (const draw of draws.upTo(image, epochs)) if (draw !== undefined) yield { path, image, draw };
  }
}

function drawnViews(draws: ViewDraws, image: Digest, epochs: number): number {
  return draws.upTo(image, epochs).filter((draw) => draw !== undefined).length;
}

function imagesOf({ dataset, digests }: PreparedData, split: Split): readonly Digest[] {
  return dataset.samples.filter((sample) => sample.split === split).map(({ path }) => digests.get(path)!);
}
