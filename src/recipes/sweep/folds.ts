import type { Digest } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { Sample } from "../../data/dataset.ts";
import { groupBy } from "../../data/groupBy.ts";
import { splitFraction } from "../../data/split.ts";
import { stratifiedFolds } from "../../data/stratifiedFolds.ts";

/**
 * Gives every image a fold, 0 to folds - 1: each class in equal parts, in an order that hangs on the images' bytes and the seed.
 * Copies of one image share a fold.
 *
 * @throws PermafrostError INVALID_ARGUMENT for fewer than two folds, or fewer different images of a class than folds.
 */
export function foldsOf(
  samples: readonly Sample[],
  digests: ReadonlyMap<string, Digest>,
  folds: number,
  seed: number,
): readonly number[] {
  if (folds < 2) throw oneFold(folds);
  const groups = samples.map(({ path }) => digests.get(path)!);
  for (const [className, rows] of groupBy([...samples.keys()], (row) => samples[row]!.className)) {
    const images = new Set(rows.map((row) => groups[row])).size;
    if (images < folds) throw tooFew(className, images, folds);
  }
  const labels = samples.map(({ label }) => label);
  const order = groups.map((digest) => splitFraction(seed, digest));
  return stratifiedFolds({ labels, groups, order }, folds);
}

function oneFold(folds: number): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `--folds ${folds}: expected 2 or more: each part is judged by heads that were trained on the others.`,
  );
}

function tooFew(className: string, images: number, folds: number): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `--folds ${folds}: expected at least ${folds} different images of each class, found ${images} of ${className}. Take fewer folds (2 at least), or add images.`,
  );
}
