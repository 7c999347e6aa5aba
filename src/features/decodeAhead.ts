import { readFile } from "node:fs";
import { promisify } from "node:util";
import { type Digest, sha256 } from "../base/digest.ts";
import { PermafrostError, reasonOf } from "../base/errors.ts";
import type { Skipped } from "../data/dataset.ts";
import { decodeImage } from "../images/decode.ts";
import type { PixelImage } from "../images/pixelImage.ts";

/** One distinct image and every file that holds it. */
export interface ImageSource {
  readonly image: Digest;
  readonly paths: readonly string[];
}

/** An image decoded, or the reasons why none of its files could be. */
export interface Decoded<Source extends ImageSource> {
  readonly source: Source;
  readonly pixels?: PixelImage;
  readonly skipped: readonly Skipped[];
}

export interface DecodeAheadOptions {
  /** Images being decoded or waiting decoded at one time. */
  readonly ahead: number;
  /** Bytes of decoded pixels that may wait, about; one image is always let through. */
  readonly pixelBytes: number;
}

type Opened = Pick<Decoded<ImageSource>, "pixels" | "skipped">;

/** The callback form costs a third of the promise form, and files are small. */
const read = promisify(readFile);

/**
 * Reads and decodes images before they are asked for, a bounded number at a time, so that the decoder has work while the
 * network computes.
 */
export class DecodeAhead<Source extends ImageSource> {
  readonly #sources: readonly Source[];
  readonly #options: DecodeAheadOptions;
  readonly #queue: Promise<Decoded<Source>>[] = [];
  #next = 0;
  #decoding = 0;
  #heldBytes = 0;
  #largest = 0;
  #stopped = false;
  #hashSeconds = 0;
  /** The image begun last. */
  #last: { readonly image: Digest; readonly opening: Promise<Opened> } | undefined;

  constructor(sources: readonly Source[], options: DecodeAheadOptions) {
    this.#sources = sources;
    this.#options = options;
  }

  /** Number of images, those that turn out to be unusable included. */
  get total(): number {
    return this.#sources.length;
  }

  /** Seconds spent on digests. */
  get hashSeconds(): number {
    return this.#hashSeconds;
  }

  /** Begins decoding without waiting for the first `take`. */
  start(): void {
    while (this.#hasRoom()) this.#queue.push(this.#begin(this.#sources[this.#next++]!));
  }

  /** The next image, in the order of the list; undefined at its end. Call `release` when its pixels are no longer needed. */
  async take(): Promise<Decoded<Source> | undefined> {
    this.start();
    return this.#queue.shift();
  }

  release(decoded: Decoded<Source>): void {
    this.#heldBytes -= decoded.pixels?.data.length ?? 0;
    this.start();
  }

  /** Takes no more files; what is under way ends by itself. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#queue.splice(0));
  }

  #hasRoom(): boolean {
    if (this.#stopped || this.#next >= this.#sources.length) return false;
    if (this.#queue.length === 0) return true;
    const expected = this.#heldBytes + (this.#decoding + 1) * this.#largest;
    return this.#queue.length < this.#options.ahead && expected <= this.#options.pixelBytes;
  }

  /** Views of one image that follow each other share its pixels. */
  async #begin(source: Source): Promise<Decoded<Source>> {
    this.#decoding++;
    try {
      const opening = this.#last?.image === source.image ? this.#last.opening : this.#open(source);
      this.#last = { image: source.image, opening };
      const { pixels, skipped } = await opening;
      if (pixels === undefined) return { source, skipped };
      this.#heldBytes += pixels.data.length;
      this.#largest = Math.max(this.#largest, pixels.data.length);
      return { source, pixels, skipped };
    } finally {
      this.#decoding--;
    }
  }

  /** The first of the files that can be used. */
  async #open({ image, paths }: ImageSource): Promise<Opened> {
    const skipped: Skipped[] = [];
    for (const path of paths) {
      try {
        return { pixels: await this.#decode(path, image), skipped };
      } catch (error) {
        skipped.push({ path, reason: reasonOf(error, path) });
      }
    }
    return { skipped };
  }

  async #decode(path: string, expected: Digest): Promise<PixelImage> {
    const bytes = await read(path);
    const begin = performance.now();
    const found = sha256(bytes);
    this.#hashSeconds += (performance.now() - begin) / 1000;
    if (found !== expected) {
      throw new PermafrostError(
        "IMAGE_UNREADABLE",
        "the file has changed since the data set was listed; run again",
      );
    }
    return decodeImage(bytes, { path });
  }
}
