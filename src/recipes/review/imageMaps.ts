import { Random } from "../../base/random.ts";
import { umapPlaces } from "../../evaluation/review/umap.ts";
import { type FeatureMatrix, rowsOf } from "../../heads/featureMatrix.ts";
import type { TrainingHooks } from "../request/training.ts";
import { pausing } from "./progress.ts";

/** Places of images on two maps, [rows, 2 and more]: the first two columns. */
export interface ImageMaps {
  /** Which images are on them. */
  readonly rows: readonly number[];
  readonly pca: FeatureMatrix;
  /** Left out where there are too few images. */
  readonly umap: FeatureMatrix | undefined;
}

/** More images than this are neither quickly laid out nor told apart on a map: as many are drawn by lot. */
const mostMapped = 5000;

/** Progress is told, and Ctrl-C heard, after so many steps. */
const stepsAtOnce = 10;

/** @param points - Principal components of the features, largest variance first. */
export async function imageMaps(points: FeatureMatrix, hooks: TrainingHooks): Promise<ImageMaps> {
  const all = new Random(0, "image map", points.rows).permutation(points.rows);
  const rows = [...all.slice(0, mostMapped)].sort((a, b) => a - b);
  const pca = rowsOf(points, rows);
  const pause = pausing("map", "steps", hooks);
  const umap = await umapPlaces(pca, {
    onStep: (done, total) => (done % stepsAtOnce > 0 && done < total ? undefined : pause(done, total)),
  });
  return { rows, pca, umap };
}
