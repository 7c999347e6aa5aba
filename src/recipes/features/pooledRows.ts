import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";

/** Samples as rows of channels: maps [channels, height, width] become the means of their channels. */
export function pooledSource(source: BatchSource): BatchSource {
  const [channels = 1, ...map] = source.shape;
  const positions = sizeOf(map);
  if (positions === 1) return { ...source, shape: [channels] };
  const { forEpoch } = source;
  return {
    samples: source.samples,
    shape: [channels],
    async read(indices, into) {
      const maps = new Float32Array(into.length * positions);
      await source.read(indices, maps);
      for (let at = 0; at < into.length; at++) {
        let sum = 0;
        for (let position = 0; position < positions; position++) sum += maps[at * positions + position]!;
        into[at] = sum / positions;
      }
    },
    ...(forEpoch === undefined ? {} : { forEpoch: (epoch: number) => pooledSource(forEpoch(epoch)) }),
  };
}

const rowsAtOnce = 256;

/** All samples of a source in memory. */
export async function pooledRows(source: BatchSource): Promise<FeatureMatrix> {
  const pooled = pooledSource(source);
  const columns = pooled.shape[0]!;
  const data = new Float32Array(source.samples * columns);
  for (let first = 0; first < source.samples; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, source.samples - first);
    const indices = Uint32Array.from({ length: count }, (_, row) => first + row);
    await pooled.read(indices, data.subarray(first * columns, (first + count) * columns));
  }
  return { rows: source.samples, columns, data };
}
