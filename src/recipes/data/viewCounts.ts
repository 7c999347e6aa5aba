import type { Digest } from "../../base/digest.ts";
import { type Split, splits } from "../../data/dataset.ts";
import { type FeatureKey, rowKeys } from "../../features/key.ts";
import type { ViewDraw, ViewDraws } from "../../features/viewDraws.ts";
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

/** The draws of a training image that a training sees, besides the image as it is. */
export type SeenDraws = (image: Digest) => readonly ViewDraw[];

/**
 * The draws that epochs `firstEpoch` to `epochs - 1` see, found once an image. Where the number of views is limited, those of all
 * epochs are computed, whichever epoch comes first.
 */
export function seenDraws(draws: ViewDraws | undefined, epochs: number, firstEpoch = 0): SeenDraws {
  if (draws === undefined) return () => [];
  const known = new Map<Digest, readonly ViewDraw[]>();
  const skipped = isEndless(draws) ? firstEpoch : 0;
  return (image) => {
    const seen =
      known.get(image) ??
      draws
        .upTo(image, epochs)
        .slice(skipped)
        .filter((draw) => draw !== undefined);
    known.set(image, seen);
    return seen;
  };
}

/**
 * How many different views a training sees of each split: the images as they are, and training images under their draws.
 * A view that two splits share counts for the first of them.
 */
export function countViews(data: PreparedData, seenOf: SeenDraws): ViewCounts {
  const seen = new Set<Digest>();
  const counts: Partial<Record<Split, number>> = {};
  for (const split of splits) {
    const images = new Set(imagesOf(data, split));
    let views = 0;
    for (const image of images) {
      if (!seen.has(image)) views++;
      seen.add(image);
      if (split === "train") views += seenOf(image).length;
    }
    if (images.size > 0) counts[split] = views;
  }
  return counts;
}

/** The keys of all views that a training sees, each once: [n, 32]. */
export function viewKeys({ dataset, digests }: PreparedData, seenOf: SeenDraws): Uint8Array {
  const plain = new Set<Digest>();
  const drawn = new Set<Digest>();
  const keys: FeatureKey[] = [];
  for (const { path, split } of dataset.samples) {
    const image = digests.get(path)!;
    if (!plain.has(image)) keys.push({ image, draw: "none" });
    plain.add(image);
    if (split !== "train" || drawn.has(image)) continue;
    drawn.add(image);
    for (const draw of seenOf(image)) keys.push({ image, draw: draw.digest });
  }
  return rowKeys(keys);
}

function imagesOf({ dataset, digests }: PreparedData, split: Split): readonly Digest[] {
  return dataset.samples.filter((sample) => sample.split === split).map(({ path }) => digests.get(path)!);
}
