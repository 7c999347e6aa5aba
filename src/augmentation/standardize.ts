import { booleanFrom, numberFrom } from "./checks.ts";
import { type FloatImage, withData } from "./floatImage.ts";
import type { ImageDataGeneratorOptions } from "./generatorOptions.ts";
import type { Compat } from "./pipeline.ts";

/** The part of a generator that is not random: plain JSON. */
export interface Standardization {
  /** 1 for none. */
  readonly rescale: number;
  readonly samplewiseCenter: boolean;
  readonly samplewiseStdNormalization: boolean;
  readonly featurewiseCenter: boolean;
  readonly featurewiseStdNormalization: boolean;
  readonly zcaWhitening: boolean;
  readonly zcaEpsilon: number;
  /** Added to deviations before dividing. */
  readonly epsilon: number;
  /** Statistics of each pixel over its channels instead of each image: Keras 2.0.8. */
  readonly perPixel: boolean;
  /** Whether `fit` rescales first: all but Keras 2.0.8. */
  readonly fitsRescaled: boolean;
  /** Where zcaEpsilon is added: to the singular values (Keras 3), or to the covariance's eigenvalues (before). */
  readonly whitening: "singular" | "covariance";
}

/** What `fit` found in the data; null where it has not been asked for. */
export interface FeatureStatistics {
  /** One a channel. */
  readonly mean: Float32Array | null;
  readonly std: Float32Array | null;
  /** [values, values] of a picture's values; symmetric. */
  readonly whitening: Float32Array | null;
}

export const noStatistics: FeatureStatistics = { mean: null, std: null, whitening: null };

/** The switches with those that others bring about, and a remark for each that was not asked for. */
export function resolveStandardization(options: ImageDataGeneratorOptions): {
  readonly standardization: Standardization;
  readonly notes: readonly string[];
} {
  const notes: string[] = [];
  const asked = (name: keyof ImageDataGeneratorOptions) => booleanFrom(name, options[name] ?? false);
  const switchOn = (name: keyof ImageDataGeneratorOptions, by: string) => {
    if (!asked(name)) notes.push(`${by} switches ${name} on.`);
    return true;
  };
  const zca = asked("zcaWhitening");
  const featureStd = asked("featurewiseStdNormalization") && !zca;
  const sampleStd = asked("samplewiseStdNormalization");
  if (zca && asked("featurewiseStdNormalization")) {
    notes.push("zcaWhitening switches featurewiseStdNormalization off.");
  }
  let featureCenter = asked("featurewiseCenter");
  if (zca) featureCenter = switchOn("featurewiseCenter", "zcaWhitening");
  else if (featureStd) featureCenter = switchOn("featurewiseCenter", "featurewiseStdNormalization");
  const standardization: Standardization = {
    rescale: numberFrom("rescale", options.rescale ?? 0) || 1,
    samplewiseCenter: sampleStd
      ? switchOn("samplewiseCenter", "samplewiseStdNormalization")
      : asked("samplewiseCenter"),
    samplewiseStdNormalization: sampleStd,
    featurewiseCenter: featureCenter,
    featurewiseStdNormalization: featureStd,
    zcaWhitening: zca,
    zcaEpsilon: numberFrom("zcaEpsilon", options.zcaEpsilon ?? 1e-6, 0),
    ...eraOf(options.compat ?? null),
  };
  return { standardization, notes };
}

function eraOf(
  compat: Compat | null,
): Pick<Standardization, "epsilon" | "perPixel" | "fitsRescaled" | "whitening"> {
  const isFirst = compat === "keras-2.0.8";
  return {
    epsilon: isFirst ? 1e-7 : 1e-6,
    perPixel: isFirst,
    fitsRescaled: !isFirst,
    whitening: isFirst || compat === "keras-2.2" ? "covariance" : "singular",
  };
}

/**
 * Rescales, centres and normalises one picture in Keras's order, in float32 with one rounding after each operation. Statistics that
 * `fit` has not made yet are left out, as in Keras.
 */
export function standardizeImage(
  image: FloatImage,
  settings: Standardization,
  statistics: FeatureStatistics,
): FloatImage {
  const data = Float32Array.from(image.data);
  if (settings.rescale !== 1) {
    const factor = Math.fround(settings.rescale);
    for (let i = 0; i < data.length; i++) data[i]! *= factor;
  }
  standardizeSamples(data, settings.perPixel ? image.channels : data.length, settings);
  const { mean, std, whitening } = statistics;
  if (settings.featurewiseCenter && mean !== null) {
    for (let i = 0; i < data.length; i++) data[i]! -= mean[i % mean.length]!;
  }
  if (settings.featurewiseStdNormalization && std !== null) {
    const epsilon = Math.fround(settings.epsilon);
    const divisors = std.map((deviation) => deviation + epsilon);
    for (let i = 0; i < data.length; i++) data[i]! /= divisors[i % divisors.length]!;
  }
  if (!settings.zcaWhitening || whitening === null) return withData(image, data);
  return withData(image, timesSymmetric(data, whitening));
}

/** Centres and scales each run of `length` values by itself. */
function standardizeSamples(data: Float32Array, length: number, settings: Standardization): void {
  const { samplewiseCenter, samplewiseStdNormalization, epsilon } = settings;
  if (!samplewiseCenter && !samplewiseStdNormalization) return;
  for (let start = 0; start < data.length; start += length) {
    const sample = data.subarray(start, start + length);
    if (samplewiseCenter) {
      const mean = meanOf(sample);
      for (let i = 0; i < length; i++) sample[i]! -= mean;
    }
    if (samplewiseStdNormalization) {
      const divisor = Math.fround(deviationOf(sample) + Math.fround(epsilon));
      for (let i = 0; i < length; i++) sample[i]! /= divisor;
    }
  }
}

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return Math.fround(sum / values.length);
}

function deviationOf(values: Float32Array): number {
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.fround(Math.sqrt(squares / values.length));
}

/** A row vector times a symmetric matrix, summed in double. */
function timesSymmetric(row: Float32Array, matrix: Float32Array): Float32Array {
  const n = row.length;
  return row.map((_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += row[k]! * matrix[i * n + k]!;
    return sum;
  });
}
