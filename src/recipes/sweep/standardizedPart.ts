import { columnScales, type FeatureMatrix, rowsOf, scaleRows } from "../../heads/featureMatrix.ts";
import { arrayRows, type BatchSource } from "../../training/samples/batchSource.ts";
import type { FoldFeatures, FoldPart } from "./foldData.ts";
import type { ViewTable } from "./viewTable.ts";

/** Features with mean 0 and variance 1 over the training rows, as they are. */
export interface StandardizedPart {
  readonly train: BatchSource;
  readonly heldOut: BatchSource;
}

export function standardizedPart(
  { plain, drawn }: FoldFeatures,
  { trainRows, heldOutRows }: FoldPart,
): StandardizedPart {
  const train = rowsOf(plain, trainRows);
  const scales = columnScales(train);
  const scale = (data: Float32Array) => scaleRows(scales, data);
  const source = (rows: FeatureMatrix) => {
    scale(rows.data);
    return arrayRows(rows.data, [rows.columns]);
  };
  return {
    train: drawn === undefined ? source(train) : drawnRows(drawn, plain.rows, trainRows, scale),
    heldOut: source(rowsOf(plain, heldOutRows)),
  };
}

/** Some samples under their views, changed after reading. */
function drawnRows(
  { views, rowOf }: ViewTable,
  samples: number,
  rows: Uint32Array,
  change: (data: Float32Array) => void,
): BatchSource {
  const { columns, data } = views;
  const forEpoch = (epoch: number): BatchSource => ({
    samples: rows.length,
    shape: [columns],
    read(indices, into) {
      for (const [at, index] of indices.entries()) {
        const view = rowOf[epoch * samples + rows[index]!]!;
        into.set(data.subarray(view * columns, (view + 1) * columns), at * columns);
      }
      change(into);
    },
  });
  return { ...forEpoch(0), forEpoch };
}
