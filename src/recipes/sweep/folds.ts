import type { Digest } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { Sample } from "../../data/dataset.ts";
import { splitFraction } from "../../data/split.ts";

/**
 * Gives every image a fold, 0 to folds - 1: each class in equal parts, in an order that hangs on the images' bytes and the seed.
 * Copies of one image share a fold.
 *
 * @throws PermafrostError INVALID_ARGUMENT for fewer different images of a class than folds.
 */
export function foldsOf(
  samples: readonly Sample[],
  digests: ReadonlyMap<string, Digest>,
  folds: number,
  seed: number,
): readonly number[] {
  const byClass = new Map<string, Set<Digest>>();
  const known = new Map<Digest, number>();
  for (const { className, path } of samples) {
    const ofClass = byClass.get(className) ?? new Set();
    byClass.set(className, ofClass.add(digests.get(path)!));
  }
  for (const [className, images] of byClass) {
    if (images.size < folds) throw tooFew(className, images.size, folds);
    const ordered = [...images].sort((a, b) => splitFraction(seed, a) - splitFraction(seed, b));
    for (const [place, image] of ordered.entries()) if (!known.has(image)) known.set(image, place % folds);
  }
  return samples.map(({ path }) => known.get(digests.get(path)!)!);
}

function tooFew(className: string, images: number, folds: number): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `--folds ${folds}: expected at least ${folds} different images of each class, found ${images} of ${className}. Take fewer folds (2 at least), or add images.`,
  );
}
