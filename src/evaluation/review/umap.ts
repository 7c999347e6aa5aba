import { UMAP } from "umap-js";
import { Random } from "../../base/random.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { nearestRows } from "./nearestRows.ts";

/** Neighbours that a row is held together with (McInnes, Healy and Melville 2018 use 15). */
const usualNeighbours = 15;

/** With true neighbours and a start that is no accident, more steps change the map little: docs/review.md has the numbers. */
const usualSteps = 200;

/** Half the side of the square that places begin in. */
const reach = 10;

export interface UmapOptions {
  /** Default 0. The same rows and seed give the same map. */
  readonly seed?: number;
  /** Called between the steps, which take seconds with thousands of rows; may refuse to go on by throwing. */
  readonly onStep?: (done: number, total: number) => void | Promise<void>;
}

/**
 * Places on a map by UMAP (McInnes, Healy and Melville 2018; the JavaScript port of Google PAIR): near rows stay near, how far the far ones are
 * says little. Neighbours are the true ones, and places begin at the first two columns, so that a map of principal components keeps its
 * directions.
 *
 * @param points - Rows in few dimensions, those of largest variance first.
 * @returns [rows, 2]; undefined for fewer rows than there are neighbours to hold together.
 */
export async function umapPlaces(
  points: FeatureMatrix,
  { seed = 0, onStep }: UmapOptions = {},
): Promise<FeatureMatrix | undefined> {
  const { rows } = points;
  if (rows <= usualNeighbours) return undefined;
  const random = new Random(seed, "umap", rows);
  const umap = new UMAP({ nNeighbors: usualNeighbours, nEpochs: usualSteps, random: () => random.float() });
  umap.setPrecomputedKNN(...knownNeighbours(points));
  // The rows themselves are only counted where their neighbours are known.
  const steps = umap.initializeFit(Array.from({ length: rows }, (_, row) => [row]));
  const places = umap.getEmbedding();
  startAt(points, places);
  for (let step = 1; step <= steps; step++) {
    umap.step();
    await onStep?.(step, steps);
  }
  return { rows, columns: 2, data: Float32Array.from(places.flat()) };
}

/** As the library wants them: the row itself first. */
function knownNeighbours(points: FeatureMatrix): [number[][], number[][]] {
  const { count, rows, distances } = nearestRows(points, usualNeighbours - 1);
  const ofRow = <Value>(row: number, own: Value, values: ArrayLike<Value>) => [
    own,
    ...Array.from({ length: count }, (_, place) => values[row * count + place]!),
  ];
  const all = Array.from({ length: points.rows }, (_, row) => row);
  return [all.map((row) => ofRow(row, row, rows)), all.map((row) => ofRow(row, 0, distances))];
}

/** In place of random numbers. Rows that are the same begin apart by a little, or nothing would ever part them. */
function startAt({ rows, columns, data }: FeatureMatrix, places: number[][]): void {
  const random = new Random(0, "umap start", rows);
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  for (const [row, place] of places.entries()) {
    for (const axis of [0, 1]) {
      const value = axis < columns ? data[row * columns + axis]! : 0;
      place[axis] = (reach * value) / largest + 1e-2 * (random.float() - 0.5);
    }
  }
}
