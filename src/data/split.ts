import { type Digest, sha256 } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import type { Sample, Split } from "./dataset.ts";

export interface SplitOptions {
  /** Wanted share of validation samples, 0 (no validation) to below 1. */
  readonly validationSplit: number;
  readonly seed: number;
}

/** A sample that knows its split. */
export type SplitSample = Sample & { readonly split: Split };

/**
 * Gives every sample a split.
 *
 * Given splits are kept, and a sample without one follows an exact copy that has one. The others are placed by a
 * fraction computed from the seed and the image's bytes: below `validationSplit` means validation. The side of an image
 * therefore depends on nothing but the image: adding, removing or renaming others never moves it, exact copies stay
 * together, and each class gets the wanted share on average (in a class of n images the share varies by about
 * sqrt(v (1 - v) / n)).
 *
 * Where training images are given but no validation ones (folders `train/` and perhaps `test/`), validation is split
 * off the training images in the same way.
 *
 * Small classes: if chance leaves a class without validation, its image with the smallest fraction goes there; if it
 * leaves it without training images, the one with the largest fraction goes back. Only these can move when images are
 * added. A class with a single distinct image stays in training.
 *
 * @param digests - SHA-256 of each sample's bytes by path, as `digestSamples` gives them.
 * @throws PermafrostError INVALID_ARGUMENT for a share outside [0, 1) or a sample without a digest.
 */
export function assignSplits(
  samples: readonly Sample[],
  digests: ReadonlyMap<string, Digest>,
  { validationSplit, seed }: SplitOptions,
): SplitSample[] {
  if (!(validationSplit >= 0 && validationSplit < 1)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `validationSplit: expected a number from 0 to below 1, received ${validationSplit}. 0.2 keeps a fifth for validation.`,
      { details: { validationSplit } },
    );
  }
  const given = givenSplits(samples, digests);
  const open = samples.filter((sample) => given(sample) === undefined);
  const sides = placeByFraction(open, digests, validationSplit, seed);
  return samples.map((sample) => ({
    ...sample,
    split: given(sample) ?? sides.get(digestFor(sample, digests)) ?? "train",
  }));
}

/** A number from [0, 1) that depends on the seed and the image's bytes only. */
export function splitFraction(seed: number, digest: Digest): number {
  return Number.parseInt(sha256(`split:${seed}:${digest}`).slice(0, 13), 16) / 2 ** 52;
}

/** The split each sample has before anything is placed; undefined where it is open. */
function givenSplits(
  samples: readonly Sample[],
  digests: ReadonlyMap<string, Digest>,
): (sample: Sample) => Split | undefined {
  const noneOpen = samples.every(({ split }) => split !== undefined);
  const splitTrain = noneOpen && !samples.some(({ split }) => split === "validation");
  if (splitTrain) return ({ split }) => (split === "train" ? undefined : split);
  const byDigest = new Map<Digest, Split>();
  for (const sample of samples) {
    const digest = digestFor(sample, digests);
    if (sample.split !== undefined && !byDigest.has(digest)) byDigest.set(digest, sample.split);
  }
  return (sample) => sample.split ?? byDigest.get(digestFor(sample, digests));
}

/** Places images, not samples: copies of one image are one decision, whatever their labels. */
function placeByFraction(
  samples: readonly Sample[],
  digests: ReadonlyMap<string, Digest>,
  validationSplit: number,
  seed: number,
): Map<Digest, Split> {
  const fractions = new Map<Digest, number>();
  const byLabel = new Map<number, Set<Digest>>();
  for (const sample of samples) {
    const digest = digestFor(sample, digests);
    if (!fractions.has(digest)) fractions.set(digest, splitFraction(seed, digest));
    const ofLabel = byLabel.get(sample.label) ?? new Set();
    byLabel.set(sample.label, ofLabel.add(digest));
  }
  const sides = new Map<Digest, Split>();
  for (const [digest, fraction] of fractions) {
    sides.set(digest, fraction < validationSplit ? "validation" : "train");
  }
  if (validationSplit > 0) {
    for (const [, ofLabel] of [...byLabel].sort(([a], [b]) => a - b))
      mendSmallClass(ofLabel, fractions, sides);
  }
  return sides;
}

function mendSmallClass(
  images: ReadonlySet<Digest>,
  fractions: ReadonlyMap<Digest, number>,
  sides: Map<Digest, Split>,
) {
  const ordered = [...images].sort((a, b) => fractions.get(a)! - fractions.get(b)!);
  const inValidation = ordered.filter((digest) => sides.get(digest) === "validation").length;
  // The last one stays for training, or goes back to it, so that a class is never without training images.
  if (inValidation === ordered.length) sides.set(ordered.at(-1)!, "train");
  else if (inValidation === 0 && ordered.length > 1) sides.set(ordered[0]!, "validation");
}

function digestFor(sample: Sample, digests: ReadonlyMap<string, Digest>): Digest {
  const digest = digests.get(sample.path);
  if (digest !== undefined) return digest;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${sample.path}: no digest for this sample. Compute them with digestSamples and leave out what it skipped.`,
    { details: { path: sample.path } },
  );
}
