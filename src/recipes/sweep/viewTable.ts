import type { Sample } from "../../data/dataset.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";
import { shared } from "./sharedRows.ts";

/** The views that epochs of training see, each once, in memory that threads share. */
export interface ViewTable {
  readonly views: FeatureMatrix;
  /** [epochs, samples]: the row of `views` that an epoch sees of a sample. */
  readonly rowOf: Int32Array;
}

/**
 * Reads all views that some epochs see.
 *
 * @param source - The samples as each epoch sees them.
 * @param viewOf - Names the view of a sample in an epoch; equal names are one view.
 */
export async function viewTable(
  samples: readonly Pick<Sample, "path">[],
  source: BatchSource,
  epochs: number,
  viewOf: (sample: Pick<Sample, "path">, epoch: number) => string,
): Promise<ViewTable> {
  const rowOf = new Int32Array(epochs * samples.length);
  const known = new Map<string, number>();
  const columns = source.shape[0]!;
  const read: Float32Array[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const fresh: number[] = [];
    for (const [at, sample] of samples.entries()) {
      const name = `${at} ${viewOf(sample, epoch)}`;
      const row = known.get(name) ?? known.size;
      if (row === known.size) {
        known.set(name, row);
        fresh.push(at);
      }
      rowOf[epoch * samples.length + at] = row;
    }
    const rows = new Float32Array(fresh.length * columns);
    await (source.forEpoch?.(epoch) ?? source).read(Uint32Array.from(fresh), rows);
    read.push(rows);
  }
  return { views: { rows: known.size, columns, data: shared(read) }, rowOf };
}
