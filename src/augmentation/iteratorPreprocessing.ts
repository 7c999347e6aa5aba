import type { Preprocessing } from "../applications/preprocessing.ts";
import { preprocessingOf } from "./generatorKey.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";
import type { ImageIterator } from "./imageIterator.ts";

/**
 * How an iterator's files become a network's input, apart from the draw, as the record that bundles and feature keys use; undefined
 * where a record cannot say it: arrays, data sets, grey or transparent pictures, `keepAspectRatio`, `compat`, and what `preprocessingOf` refuses.
 */
export function iteratorPreprocessing({ generator, source }: ImageIterator): Preprocessing | undefined {
  const { loading } = source;
  if (!(generator instanceof ImageDataGenerator) || loading === undefined) return undefined;
  // A data set resizes without averaging.
  if ("imageSize" in loading) return undefined;
  const { colorMode, keepAspectRatio, compat, targetSize, interpolation } = loading;
  if (colorMode !== "rgb" || keepAspectRatio || compat !== null) return undefined;
  const [height, width] = targetSize;
  return preprocessingOf(generator, { height, width, filter: interpolation });
}
