import { Random } from "../../src/base/random.ts";
import { conv2d, dense, dropout, flatten } from "../../src/layers/index.ts";
import { type Sequential, sequential } from "../../src/models/index.ts";
import { float32, type Tensor } from "../../src/tensor/tensor.ts";

/** Samples and labels that a small head can learn. */
export interface SmallProblem {
  readonly x: Tensor<"float32">;
  readonly y: readonly number[];
}

/** `samples` rows of 16 numbers; the label says whether a random plane leaves the row above it. */
export function smallProblem(samples: number, seed = 7): SmallProblem {
  const random = new Random(seed, "small problem");
  const plane = Array.from({ length: 16 }, () => random.normal());
  const data = Float32Array.from({ length: samples * 16 }, () => random.normal());
  const y = Array.from({ length: samples }, (_, row) =>
    Number(plane.reduce((sum, weight, i) => sum + weight * data[row * 16 + i]!, 0) > 0),
  );
  return { x: float32([samples, 16], data), y };
}

/** Dense 8 relu, perhaps dropout, Dense 1 sigmoid. */
export function smallHead(options: { readonly dropout?: number; readonly seed?: number } = {}): Sequential {
  const { dropout: rate = 0, seed = 3 } = options;
  return sequential({
    seed,
    layers: [
      dense({ units: 8, activation: "relu", inputShape: [16] }),
      ...(rate === 0 ? [] : [dropout({ rate })]),
      dense({ units: 1, activation: "sigmoid" }),
    ],
  });
}

/** Pictures 6x6x2 with random pixels, labels by their brightness. */
export function smallPictures(samples: number, seed = 11): SmallProblem {
  const random = new Random(seed, "small pictures");
  const size = 6 * 6 * 2;
  const data = Float32Array.from({ length: samples * size }, () => random.float());
  const y = Array.from({ length: samples }, (_, row) => {
    const pixels = data.subarray(row * size, row * size + size);
    return Number(pixels.reduce((sum, pixel) => sum + pixel, 0) > size / 2);
  });
  return { x: float32([samples, 6, 6, 2], data), y };
}

/** Two frozen convolutions, then a head with dropout. */
export function frozenBaseAndHead(): Sequential {
  const base = sequential({
    name: "base",
    layers: [
      conv2d({ filters: 4, kernelSize: 3, activation: "relu", padding: "same", inputShape: [6, 6, 2] }),
      conv2d({ filters: 3, kernelSize: 3, strides: 2, activation: "relu" }),
    ],
  });
  base.trainable = false;
  return sequential({
    layers: [
      base,
      flatten(),
      dense({ units: 5, activation: "relu" }),
      dropout({ rate: 0.5 }),
      dense({ units: 1, activation: "sigmoid" }),
    ],
  });
}

/** A model's weights in one list, for comparing bits. */
export function bitsOf(model: Sequential): readonly number[][] {
  return model
    .getWeights()
    .map(({ data }) => [...new Uint32Array(data.buffer, data.byteOffset, data.length)]);
}
