import type { SymbolicTensor } from "../layers/layer.ts";
import type { CatalogueOptions } from "./catalogueApplication.ts";

/** The multiple of 8 nearest to a number of channels, at least 8 and not more than a tenth below it. */
export function divisible(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}

/** Zeros before a convolution of stride 2, [[top, bottom], [left, right]]: for even sizes one less at the top and left. */
export function halvingMargins(x: SymbolicTensor, kernelSize: number) {
  const half = Math.floor(kernelSize / 2);
  const [, height, width] = x.shape.map(Number);
  const sides = (size: number) => [size % 2 === 0 ? half - 1 : half, half] as const;
  return [sides(height!), sides(width!)] as const;
}

/** The size of the pictures that the published weights were trained on: the input's own if it is a square of these sizes, else 224. */
export function publishedRows(
  { inputShape, inputTensor }: CatalogueOptions,
  sizes: readonly number[],
): number {
  const [height, width] = inputShape ?? inputTensor?.shape.slice(1).map(Number) ?? [];
  return height === width && height !== undefined && sizes.includes(height) ? height : 224;
}
