import { type PerChannel, type Preprocessing, shorterSide } from "../applications/preprocessing.ts";
import { PermafrostError } from "../base/errors.ts";
import type { PixelImage } from "./pixelImage.ts";
import { align, PixelWorkspace, type ResampleRequest } from "./pixelWorkspace.ts";
import { requireFilter, requireSize } from "./resize.ts";

/**
 * Turns decoded pictures into a network's input: fit, resample, normalise.
 *
 * The bits of a result depend on the picture's pixels and on the record alone. Owns a WebAssembly memory; a picture is
 * copied in once and the result out once. Not for two callers at once.
 */
export class Preprocessor {
  readonly #record: Preprocessing;
  readonly #workspace = new PixelWorkspace();
  /** Byte offsets of the three planes of the result; the resampled bytes follow. */
  readonly #planes: readonly [number, number, number];
  readonly #resampled: number;

  /** @throws PermafrostError INVALID_ARGUMENT or UNKNOWN_NAME for a record that makes no sense. */
  constructor(record: Preprocessing) {
    checkPreprocessing(record);
    this.#record = record;
    // Each plane on its own multiple of 16: the kernel's last vector would reach into the next one.
    const planeBytes = align(record.width * record.height * 4);
    this.#planes = [0, planeBytes, planeBytes * 2];
    this.#resampled = planeBytes * 3;
  }

  /**
   * @param into - Receives [3, height, width].
   * @throws PermafrostError SHAPE_MISMATCH when `into` has another length.
   */
  run(image: PixelImage, into: Float32Array): void {
    const { width, height } = this.#record;
    const pixels = width * height;
    if (into.length !== 3 * pixels) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `preprocessing: expected room for [3, ${height}, ${width}] = ${3 * pixels} floats, got ${into.length}. ` +
          "Give a view of one image.",
      );
    }
    this.#workspace.resample(image, requestFor(image, this.#record), this.#resampled);
    this.#normalize(pixels);
    for (const [channel, plane] of this.#planes.entries()) {
      into.set(this.#workspace.floats(plane, pixels), channel * pixels);
    }
  }

  #normalize(pixels: number): void {
    const [first, second, third] = this.#planes;
    const [red, green, blue] = this.#record.order === "rgb" ? [first, second, third] : [third, second, first];
    const { factors, offsets } = channelScaling(this.#record);
    this.#workspace.kernels.normalize(this.#resampled, pixels, red, green, blue, ...factors, ...offsets);
  }
}

/** Normalisation as one product and one sum: red, green, blue. */
export function channelScaling({ scale, mean, std }: Preprocessing): {
  readonly factors: PerChannel;
  readonly offsets: PerChannel;
} {
  return {
    factors: [scale / std[0], scale / std[1], scale / std[2]],
    offsets: [-mean[0] / std[0], -mean[1] / std[1], -mean[2] / std[2]],
  };
}

/** Where the network's view lies in the resampled picture; the rules for "crop" are torchvision's unless the record says otherwise. */
export function requestFor(image: PixelImage, record: Preprocessing): ResampleRequest {
  const { width, height, filter } = record;
  if (record.fit === "stretch") {
    return { width, height, filter, left: 0, top: 0, columns: width, rows: height };
  }
  const shorter = shorterSide(record);
  if (record.fit === "stretchCrop") return centreOf(shorter, shorter, record);
  const isTall = image.width <= image.height;
  const scaledWidth = isTall ? shorter : Math.trunc((shorter * image.width) / image.height);
  const scaledHeight = isTall ? Math.trunc((shorter * image.height) / image.width) : shorter;
  return centreOf(scaledWidth, scaledHeight, record);
}

/** The centre of a picture that was scaled to this size. */
function centreOf(scaledWidth: number, scaledHeight: number, record: Preprocessing): ResampleRequest {
  const { width, height, filter, oddCrop } = record;
  const half = oddCrop === "down" ? Math.floor : halfToEven;
  return {
    width: scaledWidth,
    height: scaledHeight,
    filter,
    left: half((scaledWidth - width) / 2),
    top: half((scaledHeight - height) / 2),
    columns: width,
    rows: height,
  };
}

/** Rounds as Python's `round` does: 0.5 to 0, 1.5 to 2. */
function halfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

function checkPreprocessing(record: Preprocessing): void {
  requireSize(record.width, record.height);
  requireFilter(record.filter);
  const shorter = shorterSide(record);
  const longest = Math.max(record.width, record.height);
  if (record.fit !== "stretch" && !(Number.isInteger(shorter) && shorter >= longest)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `preprocessing.resizeTo: expected a whole number of at least ${longest} pixels, got ${shorter}. ` +
        "The centre that is cut out has to fit into the picture.",
    );
  }
  const numbers = [record.scale, ...record.mean, ...record.std];
  if (!numbers.every(Number.isFinite) || record.std.includes(0)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "preprocessing: expected finite scale, mean and std, std not 0, got " +
        `scale ${record.scale}, mean [${record.mean.join(", ")}], std [${record.std.join(", ")}].`,
    );
  }
}
