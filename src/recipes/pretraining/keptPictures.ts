import type { Preprocessing } from "../../applications/preprocessing.ts";
import type { PixelImage } from "../../images/pixelImage.ts";
import { PixelWorkspace } from "../../images/pixelWorkspace.ts";
import { requestFor } from "../../images/preprocess.ts";

/** Room for pictures at the network's size: 20,000 of 64 x 64 pixels. */
const roomBytes = 256 * 2 ** 20;

/**
 * Pictures at a network's size, kept in memory as far as there is room, so that they are decoded once and not in every epoch. A kept picture
 * gives the same bits as its file: resampling a picture to the size it has changes nothing.
 */
export class KeptPictures {
  readonly #preprocessing: Preprocessing;
  readonly #workspace = new PixelWorkspace();
  readonly #pictures = new Map<string, PixelImage>();
  #room = roomBytes;

  constructor(preprocessing: Preprocessing) {
    this.#preprocessing = preprocessing;
  }

  get(path: string): PixelImage | undefined {
    return this.#pictures.get(path);
  }

  /** Keeps a decoded picture if there is room. */
  add(path: string, image: PixelImage): void {
    const { width, height, fit } = this.#preprocessing;
    const bytes = 3 * width * height;
    // Cutting out the centre of a picture that is cut out already would not be the identity.
    if (this.#room < bytes || fit !== "stretch") return;
    this.#room -= bytes;
    this.#workspace.resample(image, requestFor(image, this.#preprocessing), 0);
    this.#pictures.set(path, { width, height, data: this.#workspace.bytes(0, bytes).slice() });
  }
}
