import { float32, type Tensor } from "../tensor/tensor.ts";

export const classModes = ["categorical", "binary", "sparse", "input", null] as const;

/**
 * "categorical": one-hot, [batch, classes]. "binary", "sparse": class numbers, [batch]. "input": the pictures themselves.
 * null: no labels. All float32, as Keras's generators give them.
 */
export type ClassMode = (typeof classModes)[number];

/**
 * Labels of a batch.
 *
 * @param labels - Class numbers of all samples; several for a sample with several classes ("categorical" only).
 */
export function encodeLabels(
  mode: ClassMode,
  labels: ArrayLike<number | readonly number[]>,
  classCount: number,
  indices: Uint32Array,
  x: Tensor<"float32">,
): Tensor<"float32"> | undefined {
  switch (mode) {
    case null:
      return undefined;
    case "input":
      return float32(x.shape, x.data.slice());
    case "categorical": {
      const data = new Float32Array(indices.length * classCount);
      for (const [row, index] of indices.entries()) {
        for (const label of [labels[index]!].flat()) data[row * classCount + label] = 1;
      }
      return float32([indices.length, classCount], data);
    }
    default:
      return float32(
        [indices.length],
        Array.from(indices, (index) => [labels[index]!].flat()[0]!),
      );
  }
}
