import { PermafrostError } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";
import type { Engine } from "../engine/engine.ts";
import type { Graph } from "../graph/graph.ts";
import { elementsPerSample } from "../tensor/shape.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { BatchSource } from "../training/batchSource.ts";

/** Rows in one run; the bits of a row do not depend on it. */
const rowsAtOnce = 256;

/**
 * Probabilities of all samples of a source, [samples, classes].
 *
 * @param suffix - From features to probabilities, weights as constants.
 * @throws PermafrostError INTERRUPTED when the signal is aborted.
 */
export async function predictFeatures(
  engine: Engine,
  suffix: Graph,
  source: BatchSource,
  { signal }: WorkOptions = {},
): Promise<Float32Array> {
  const input = suffix.inputs[0]!.name;
  const output = suffix.outputs[0]!;
  const classes = elementsPerSample(output.type.shape);
  const probabilities = new Float32Array(source.samples * classes);
  const program = await engine.compile(suffix);
  try {
    for (let start = 0; start < source.samples; start += rowsAtOnce) {
      if (signal?.aborted) throw interrupted(start, source.samples);
      const count = Math.min(rowsAtOnce, source.samples - start);
      const data = new Float32Array(count * sizeOf(source.shape));
      await source.read(
        Uint32Array.from({ length: count }, (_, row) => start + row),
        data,
      );
      const feed = { dtype: "float32", shape: [count, ...source.shape], data } as const;
      const results = await program.run({ [input]: feed });
      probabilities.set(results[output.name]!.data as Float32Array, start * classes);
    }
  } finally {
    await program.close();
  }
  return probabilities;
}

function interrupted(done: number, total: number): PermafrostError {
  return new PermafrostError(
    "INTERRUPTED",
    `evaluate: stopped as asked after ${done} of ${total} samples. Features are kept in the store; run again to go on.`,
  );
}
