import type { Preprocessing } from "../../applications/preprocessing.ts";
import type { Engine } from "../../engine/engine.ts";
import { encodeImage } from "../../images/encode.ts";
import type { Model } from "../../models/functional.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { predict } from "../../training/runs/predict.ts";
import { arrayRows, type BatchSource } from "../../training/samples/batchSource.ts";
import { type PicturePairs, PixelScale } from "./picturePairs.ts";

/** The file in the run's folder and in the bundle. */
export const sheetName = "reconstructions.png";

/** Pictures beside one another. */
const shownPictures = 8;
const gap = 4;
/** Small pictures are enlarged to at least so many pixels. */
const shownSide = 96;

/** The same few pictures, as they are and as the network sees them, to be compared with what it makes of them. */
export class ReconstructionSheet {
  readonly #originals: Float32Array;
  readonly #seen: Float32Array;
  readonly #shape: readonly number[];
  readonly #scale: PixelScale;
  readonly #showsSeen: boolean;

  private constructor(sheet: {
    readonly originals: Float32Array;
    readonly seen: Float32Array;
    readonly shape: readonly number[];
    readonly scale: PixelScale;
    readonly showsSeen: boolean;
  }) {
    this.#originals = sheet.originals;
    this.#seen = sheet.seen;
    this.#shape = sheet.shape;
    this.#scale = sheet.scale;
    this.#showsSeen = sheet.showsSeen;
  }

  /** @param showsSeen - Whether what the network sees is worth a row of its own. */
  static async open(
    { inputs, targets }: PicturePairs,
    preprocessing: Preprocessing,
    showsSeen: boolean,
  ): Promise<ReconstructionSheet> {
    const count = Math.min(shownPictures, inputs.samples);
    // Spread over the images, so that not all are of one folder.
    const indices = Uint32Array.from({ length: count }, (_, place) =>
      Math.floor((place * inputs.samples) / count),
    );
    const originals = await rowsOf(targets, indices);
    const seen = await rowsOf(inputs, indices);
    return new ReconstructionSheet({
      originals,
      seen,
      shape: inputs.shape,
      scale: new PixelScale(preprocessing),
      showsSeen,
    });
  }

  /** A PNG: originals, what the network saw of them, and its reconstructions with its weights as they are now. */
  async render(engine: Engine, model: Model): Promise<Uint8Array> {
    const output = await predict(model, arrayRows(this.#seen, this.#shape), { engine });
    const size = sizeOf(this.#shape);
    const [, height = 1, width = 1] = this.#shape;
    const seen = this.#seen.slice();
    for (let start = 0; start < seen.length; start += size)
      this.#scale.toPixels(seen.subarray(start, start + size));
    const planes = (data: Float32Array) => (picture: number, pixel: number, channel: number) =>
      data[picture * size + channel * height * width + pixel]!;
    const packed = (picture: number, pixel: number, channel: number) =>
      output.data[picture * size + pixel * 3 + channel]!;
    const rows = [planes(this.#originals), ...(this.#showsSeen ? [planes(seen)] : []), packed];
    return encodeImage(contactSheet(rows, { count: seen.length / size, height, width }), "png");
  }
}

async function rowsOf(source: BatchSource, indices: Uint32Array): Promise<Float32Array> {
  const data = new Float32Array(indices.length * sizeOf(source.shape));
  await source.read(indices, data);
  return data;
}

/** A value from 0 to 1 of a picture's pixel. */
type PixelAt = (picture: number, pixel: number, channel: number) => number;

/** Rows of pictures with white between them. */
function contactSheet(
  rows: readonly PixelAt[],
  { count, height, width }: { readonly count: number; readonly height: number; readonly width: number },
) {
  const zoom = Math.max(1, Math.ceil(shownSide / Math.max(height, width)));
  const [cellHeight, cellWidth] = [height * zoom + gap, width * zoom + gap];
  const sheet = {
    width: count * cellWidth + gap,
    height: rows.length * cellHeight + gap,
    channels: 3,
  } as const;
  const data = new Uint8Array(sheet.width * sheet.height * 3).fill(255);
  for (const [row, valueAt] of rows.entries()) {
    for (let picture = 0; picture < count; picture++) {
      const corner = (row * cellHeight + gap) * sheet.width + picture * cellWidth + gap;
      for (let y = 0; y < height * zoom; y++) {
        for (let x = 0; x < width * zoom; x++) {
          const pixel = Math.floor(y / zoom) * width + Math.floor(x / zoom);
          const place = (corner + y * sheet.width + x) * 3;
          for (let channel = 0; channel < 3; channel++) {
            data[place + channel] = Math.round(255 * valueAt(picture, pixel, channel));
          }
        }
      }
    }
  }
  return { ...sheet, data };
}
