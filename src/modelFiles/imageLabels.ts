import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { FileSource } from "../formats/byteSource.ts";
import { readJson } from "../formats/json.ts";

/** What Teachable Machine says of an image model beside the model itself. */
export interface ImageLabels {
  /** In the order of the outputs. */
  readonly classNames: readonly string[];
  /** Pixels of height and width. */
  readonly imageSize?: number;
}

/**
 * The `metadata.json` beside a `model.json`; undefined if there is none with labels.
 *
 * @throws PermafrostError WEIGHTS_INVALID when it is there and damaged.
 */
export async function readImageLabels(modelPath: string): Promise<ImageLabels | undefined> {
  const place = path.join(path.dirname(modelPath), "metadata.json");
  const source = openIfThere(place);
  if (source === undefined) return undefined;
  try {
    const { labels, imageSize } = readJson(source).record;
    const isList =
      Array.isArray(labels) && labels.length > 0 && labels.every((label) => typeof label === "string");
    if (!isList) return undefined;
    const isSize = Number.isSafeInteger(imageSize) && (imageSize as number) > 0;
    return { classNames: labels, ...(isSize ? { imageSize: imageSize as number } : {}) };
  } finally {
    await source.close();
  }
}

function openIfThere(place: string): FileSource | undefined {
  try {
    return new FileSource(place);
  } catch (error) {
    if (error instanceof PermafrostError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}
