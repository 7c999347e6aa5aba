import { activation, averagePooling2D, batchNormalization, conv2d, maxPooling2D } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";

export interface ConvolutionOptions {
  readonly strides?: number;
  /** Default "same". */
  readonly padding?: "same" | "valid";
  /** Prefix or name; left out: automatic names. */
  readonly name?: string;
}

/** Convolution without bias, normalization without gamma, ReLU: of all Inception networks. @param size - Or [height, width]. */
export function convolution(
  x: SymbolicTensor,
  filters: number,
  size: number | readonly [number, number],
  { strides = 1, padding = "same", name }: ConvolutionOptions = {},
): SymbolicTensor {
  const named = (suffix: string) => (name === undefined ? {} : { name: `${name}${suffix}` });
  const kernel = { filters, kernelSize: size, strides, padding, useBias: false } as const;
  const sums = conv2d({ ...kernel, ...named("") }).apply(x);
  const normal = batchNormalization({ scale: false, ...named("_bn") }).apply(sums);
  return activation({ activation: "relu", ...named("_ac") }).apply(normal);
}

/** A row of convolutions, each of [filters, size]. */
export function chain(
  start: SymbolicTensor,
  ...links: readonly (readonly [filters: number, size: number | readonly [number, number]])[]
): SymbolicTensor {
  return links.reduce((x, [filters, size]) => convolution(x, filters, size), start);
}

/** The largest of each window of 3 x 3, half as many. */
export function halved(x: SymbolicTensor): SymbolicTensor {
  return maxPooling2D({ poolSize: 3, strides: 2 }).apply(x);
}

/** The mean of each window of 3 x 3, as many. */
export function averaged(x: SymbolicTensor): SymbolicTensor {
  return averagePooling2D({ poolSize: 3, strides: 1, padding: "same" }).apply(x);
}

/** The first layers of InceptionV3 and InceptionResNetV2: an eighth of the size, 192 channels. */
export function stem(start: SymbolicTensor): SymbolicTensor {
  let x = convolution(start, 32, 3, { strides: 2, padding: "valid" });
  x = convolution(x, 32, 3, { padding: "valid" });
  x = halved(convolution(x, 64, 3));
  x = convolution(x, 80, 1, { padding: "valid" });
  return halved(convolution(x, 192, 3, { padding: "valid" }));
}
