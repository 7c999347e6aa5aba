import { type Resampling, resamplingMatrix } from "../../ops/resampling.ts";
import type { ResizeAttributes, ResizeGradientAttributes } from "../../ops/resize.ts";
import { type Array64, type Evaluate, generate, read } from "./array.ts";

export const resize2d: Evaluate<ResizeAttributes> = ([x], { size, ...resampling }) => {
  const rows = weights(x!.shape[2]!, size[0], resampling);
  const columns = weights(x!.shape[3]!, size[1], resampling);
  return weighed(x!, size, rows, columns);
};

export const resize2dGradient: Evaluate<ResizeGradientAttributes> = ([dy], { inputSize, ...resampling }) => {
  const rows = weights(inputSize[0], dy!.shape[2]!, resampling);
  const columns = weights(inputSize[1], dy!.shape[3]!, resampling);
  return weighed(
    dy!,
    inputSize,
    (to, from) => rows(from, to),
    (to, from) => columns(from, to),
  );
};

/** How much pixel `from` of an axis counts for pixel `to` of the result. */
type Weights = (to: number, from: number) => number;

function weights(size: number, resized: number, resampling: Resampling): Weights {
  const matrix = resamplingMatrix(size, resized, resampling);
  return (to, from) => matrix[to * size + from]!;
}

function weighed(x: Array64, size: readonly number[], rows: Weights, columns: Weights): Array64 {
  const [n, c, height, width] = x.shape;
  return generate([n!, c!, ...size], ([sample, channel, row, column]) => {
    let sum = 0;
    for (let i = 0; i < height!; i++) {
      const weight = rows(row!, i);
      if (weight === 0) continue;
      for (let j = 0; j < width!; j++)
        sum += weight * columns(column!, j) * read(x, [sample!, channel!, i, j]);
    }
    return sum;
  });
}
