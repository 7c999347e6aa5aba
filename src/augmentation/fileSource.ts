import { readFile } from "node:fs/promises";
import { type ResampleFilter, resampleFilters } from "../applications/preprocessing.ts";
import { type Digest, sha256 } from "../base/digest.ts";
import { messageOf, PermafrostError } from "../base/errors.ts";
import { Resampler } from "../images/resize.ts";
import { booleanFrom, invalid, oneOf, wholeFrom } from "./checks.ts";
import { type ColorMode, channelsOf, colorModes, type LoadingOptions, loadImage } from "./loadImage.ts";
import type { Compat } from "./pipeline.ts";
import type { LoadedImage } from "./sampleSource.ts";
import type { ImageShape } from "./transformParameters.ts";

/** How files become pictures of one size. */
export interface FileOptions {
  /** [height, width] in pixels. Default [256, 256]. */
  readonly targetSize?: readonly [height: number, width: number];
  /** Default "rgb". */
  readonly colorMode?: ColorMode;
  /** Default "nearest", as Keras. */
  readonly interpolation?: ResampleFilter;
  /** Default false. */
  readonly keepAspectRatio?: boolean;
}

export const fileOptionNames = ["targetSize", "colorMode", "interpolation", "keepAspectRatio"] as const;

/** Reads, decodes and resizes files for an iterator. */
export class FileLoader {
  readonly imageShape: ImageShape;
  readonly options: LoadingOptions;
  readonly #resampler = new Resampler();

  constructor(options: FileOptions, compat: Compat | null) {
    const size = options.targetSize ?? [256, 256];
    if (!Array.isArray(size) || size.length !== 2) throw invalid("targetSize", "[height, width]", size);
    const height = wholeFrom("targetSize[0]", size[0], 1);
    const width = wholeFrom("targetSize[1]", size[1], 1);
    const colorMode = oneOf("colorMode", options.colorMode ?? "rgb", colorModes);
    this.imageShape = { height, width, channels: channelsOf(colorMode) };
    this.options = {
      colorMode,
      targetSize: [height, width],
      interpolation: oneOf("interpolation", options.interpolation ?? "nearest", resampleFilters),
      keepAspectRatio: booleanFrom("keepAspectRatio", options.keepAspectRatio ?? false),
      compat,
    };
  }

  async load(file: string): Promise<LoadedImage> {
    const bytes = await readBytes(file);
    const image = await loadImage(bytes, { ...this.options, path: file }, this.#resampler);
    return { image, digest: () => sha256(bytes) };
  }
}

/** SHA-256 of a file's bytes. @throws PermafrostError NOT_READABLE. */
export async function fileDigest(file: string): Promise<Digest> {
  return sha256(await readBytes(file));
}

/** Whether an error means that one file is bad or gone, not that something else failed. */
export function isFileProblem(error: PermafrostError): boolean {
  return error.code === "IMAGE_UNREADABLE" || error.code === "NOT_READABLE";
}

/** @throws PermafrostError NOT_READABLE. */
export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new PermafrostError(
      "NOT_READABLE",
      `${file}: expected an image file, could not read it (${messageOf(cause)}). Check the path and its rights.`,
      { cause, details: { path: file } },
    );
  }
}
