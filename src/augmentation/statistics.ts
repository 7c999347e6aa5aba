import { PermafrostError } from "../base/errors.ts";
import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import type { FloatImage } from "./floatImage.ts";
import type { FeatureStatistics, Standardization } from "./standardize.ts";
import { whiteningMatrix } from "./whitening.ts";

/** Pictures of a rank-4 array as floats, each a copy. */
export function imagesOf(x: Tensor): FloatImage[] {
  const [n, height, width, channels] = x.shape;
  if (
    n === undefined ||
    height === undefined ||
    width === undefined ||
    channels === undefined ||
    x.shape.length !== 4
  ) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `fit: expected pictures of shape [samples, height, width, channels], got [${x.shape.join(", ")}].`,
    );
  }
  const size = sizeOf([height, width, channels]);
  return Array.from({ length: n }, (_, i) => {
    const data = Float32Array.from(x.data.slice(i * size, (i + 1) * size), Number);
    return { height, width, channels, data };
  });
}

/**
 * What the switches ask for, over pictures that are rescaled already: mean and deviation of each channel, whitening of all
 * values. The pictures are changed on the way, as each step works on what the one before leaves.
 */
export function computeStatistics(
  images: readonly FloatImage[],
  settings: Standardization,
): FeatureStatistics {
  const mean = settings.featurewiseCenter ? channelMeans(images) : null;
  if (mean !== null) change(images, (value, c) => value - mean[c]!);
  const std = settings.featurewiseStdNormalization ? channelDeviations(images) : null;
  if (std !== null) {
    const epsilon = Math.fround(settings.epsilon);
    change(images, (value, c) => value / Math.fround(std[c]! + epsilon));
  }
  const whitening = settings.zcaWhitening
    ? whiteningMatrix(
        images.map(({ data }) => data),
        settings.zcaEpsilon,
        settings.whitening,
      )
    : null;
  return { mean, std, whitening };
}

function channelMeans(images: readonly FloatImage[]): Float32Array {
  return perChannel(images, (value) => value);
}

function channelDeviations(images: readonly FloatImage[]): Float32Array {
  const means = perChannel(images, (value) => value);
  return perChannel(images, (value, c) => (value - means[c]!) ** 2).map((variance) => Math.sqrt(variance));
}

/** Mean of something over all samples, rows and columns, summed in double. */
function perChannel(
  images: readonly FloatImage[],
  of: (value: number, channel: number) => number,
): Float32Array {
  const channels = images[0]?.channels ?? 0;
  const sums = new Float64Array(channels);
  let count = 0;
  for (const { data } of images) {
    for (let i = 0; i < data.length; i++) sums[i % channels]! += of(data[i]!, i % channels);
    count += data.length / channels;
  }
  return Float32Array.from(sums, (sum) => sum / count);
}

function change(images: readonly FloatImage[], to: (value: number, channel: number) => number): void {
  for (const { data, channels } of images) {
    for (let i = 0; i < data.length; i++) data[i] = to(data[i]!, i % channels);
  }
}
