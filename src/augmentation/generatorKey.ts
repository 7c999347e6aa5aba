import type { PixelScaling, Preprocessing, ResampleFilter } from "../applications/preprocessing.ts";
import { type Digest, digestOf, sha256 } from "../base/digest.ts";
import type { ImageDataGenerator } from "./imageDataGenerator.ts";
import { pipelineDigest } from "./pipeline.ts";
import { warpVersion } from "./version.ts";

/**
 * Names everything that a generator does to a resized picture, apart from the draw itself; undefined where it calls an own
 * function without a `preprocessingFunctionKey`. Then nothing computed from its pictures may be stored.
 */
export function generatorKey(generator: ImageDataGenerator): Digest | undefined {
  const { options, pipeline, standardization, statistics } = generator;
  const key = options.preprocessingFunctionKey ?? options.preprocessingFunction?.key;
  if (options.preprocessingFunction != null && key === undefined) return undefined;
  const own = options.preprocessingFunction == null ? null : key;
  const { mean, std, whitening } = statistics;
  const fitted = [mean, std, whitening].map((values) => values && sha256(new Uint8Array(values.buffer)));
  return digestOf({ warpVersion, pipeline: pipelineDigest(pipeline), standardization, fitted, own });
}

/**
 * Resizing and normalisation of a generator as the record that `ViewRenderer` and bundles use; undefined where the generator does
 * what such a record cannot say: an own function that does not tell its `scaling`, statistics of each image, whitening, or
 * statistics that `fit` has not made.
 */
export function preprocessingOf(
  generator: ImageDataGenerator,
  size: { readonly height: number; readonly width: number; readonly filter: ResampleFilter },
): Preprocessing | undefined {
  const scaling = scalingOf(generator);
  return scaling && { ...size, fit: "stretch", ...scaling };
}

function scalingOf({
  options,
  standardization: settings,
  statistics,
}: ImageDataGenerator): PixelScaling | undefined {
  const { samplewiseCenter, samplewiseStdNormalization, zcaWhitening, rescale, epsilon } = settings;
  if (samplewiseCenter || samplewiseStdNormalization || zcaWhitening) return undefined;
  const { featurewiseCenter, featurewiseStdNormalization } = settings;
  if (options.preprocessingFunction != null) {
    const onlyFunction = rescale === 1 && !featurewiseCenter && !featurewiseStdNormalization;
    return onlyFunction ? options.preprocessingFunction.scaling : undefined;
  }
  const mean = featurewiseCenter ? statistics.mean : new Float32Array(3);
  const std = featurewiseStdNormalization ? statistics.std : new Float32Array(3).fill(1);
  if (mean?.length !== 3 || std?.length !== 3) return undefined;
  const added = featurewiseStdNormalization ? epsilon : 0;
  return {
    scale: rescale,
    mean: [mean[0]!, mean[1]!, mean[2]!],
    std: [std[0]! + added, std[1]! + added, std[2]! + added],
    order: "rgb",
  };
}
