import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";

const rowsAtOnce = 256;

/** All rows of a source in memory; of maps [channels, height, width] the mean of each channel. */
export async function readMatrix(source: BatchSource): Promise<FeatureMatrix> {
  const [columns = 1, ...map] = source.shape;
  const positions = map.reduce((product, side) => product * side, 1);
  const data = new Float32Array(source.samples * columns);
  for (let first = 0; first < source.samples; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, source.samples - first);
    const block = new Float32Array(count * columns * positions);
    await source.read(
      Uint32Array.from({ length: count }, (_, row) => first + row),
      block,
    );
    for (let at = 0; at < count * columns; at++) {
      let sum = 0;
      for (let position = 0; position < positions; position++) sum += block[at * positions + position]!;
      data[first * columns + at] = sum / positions;
    }
  }
  return { rows: source.samples, columns, data };
}
