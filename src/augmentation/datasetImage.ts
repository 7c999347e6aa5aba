import { decodeImage } from "../images/decode.ts";
import { type ChannelImage, decodeChannels } from "../images/decodeChannels.ts";
import type { FloatImage } from "./floatImage.ts";
import { type ColorMode, grey } from "./loadImage.ts";
import type { Compat } from "./pipeline.ts";
import { cut } from "./transforms/cut.ts";
import { resizeHalfPixel } from "./transforms/resizeHalfPixel.ts";

/** How a data set's files become pictures of one size. */
export interface DatasetImageOptions {
  /** [height, width] in pixels. Default [256, 256]. */
  readonly imageSize: readonly [height: number, width: number];
  /** Default "rgb". */
  readonly colorMode: ColorMode;
  /** Default "bilinear". */
  readonly interpolation: "bilinear" | "nearest";
  /** Cut out the centre with the target's aspect ratio. */
  readonly cropToAspectRatio: boolean;
  /** Keep the aspect ratio and fill up with zeros. */
  readonly padToAspectRatio: boolean;
  /** With a version of Keras, EXIF orientation is ignored and alpha dropped. Default null: applied, composed on white. */
  readonly compat: Compat | null;
}

/** Decodes and resizes one file's bytes; floats from 0 to 255. */
export async function loadDatasetImage(
  bytes: Uint8Array,
  options: DatasetImageOptions,
  path: string,
): Promise<FloatImage> {
  const image = pickChannels(await decode(bytes, options, path), options);
  const [height, width] = options.imageSize;
  const { interpolation } = options;
  if (options.padToAspectRatio) return padded(image, height, width, interpolation);
  const source = options.cropToAspectRatio ? cropped(image, height, width) : image;
  return resizeHalfPixel(source, height, width, interpolation);
}

async function decode(bytes: Uint8Array, options: DatasetImageOptions, path: string): Promise<ChannelImage> {
  if (options.compat !== null) return await decodeChannels(bytes, { path, orientation: "ignore" });
  if (options.colorMode === "rgba") return await decodeChannels(bytes, { path });
  return { image: await decodeImage(bytes, { path }), alpha: new Uint8Array(0) };
}

function pickChannels({ image, alpha }: ChannelImage, options: DatasetImageOptions): FloatImage {
  const { colorMode, compat } = options;
  const { width, height } = image;
  const pixels = width * height;
  if (colorMode === "rgb") return { width, height, channels: 3, data: Float32Array.from(image.data) };
  if (colorMode === "grayscale") {
    // libpng, and so TensorFlow, cuts off where Pillow rounds.
    const { data } = grey(image, compat === null ? "round" : "cut");
    return {
      width,
      height,
      channels: 1,
      data: Float32Array.from({ length: pixels }, (_, i) => data[i * 3]!),
    };
  }
  const data = Float32Array.from({ length: pixels * 4 }, (_, i) =>
    i % 4 === 3 ? alpha[i >> 2]! : image.data[(i >> 2) * 3 + (i % 4)]!,
  );
  return { width, height, channels: 4, data };
}

function cropped(image: FloatImage, height: number, width: number): FloatImage {
  const rows = Math.max(1, Math.min(image.height, Math.trunc((image.width * height) / width)));
  const columns = Math.max(1, Math.min(image.width, Math.trunc((image.height * width) / height)));
  const top = Math.trunc((image.height - rows) / 2);
  const left = Math.trunc((image.width - columns) / 2);
  return cut(image, top, left, rows, columns);
}

function padded(
  image: FloatImage,
  height: number,
  width: number,
  interpolation: "bilinear" | "nearest",
): FloatImage {
  const ratio = Math.max(image.width / width, image.height / height);
  const [exactRows, exactColumns] = [image.height / ratio, image.width / ratio];
  const [rows, columns] = [Math.max(1, Math.floor(exactRows)), Math.max(1, Math.floor(exactColumns))];
  const inside = resizeHalfPixel(image, rows, columns, interpolation);
  const { channels } = image;
  const top = Math.max(0, Math.floor((height - exactRows) / 2));
  const left = Math.max(0, Math.floor((width - exactColumns) / 2));
  const data = new Float32Array(height * width * channels);
  for (let y = 0; y < rows; y++) {
    const row = inside.data.subarray(y * columns * channels, (y + 1) * columns * channels);
    data.set(row, ((top + y) * width + left) * channels);
  }
  return { height, width, channels, data };
}
