import type { Digest } from "../base/digest.ts";
import type { PermafrostError } from "../base/errors.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { DatasetImageOptions } from "./datasetImage.ts";
import type { FloatImage } from "./floatImage.ts";
import type { LoadingOptions } from "./loadImage.ts";
import type { ImageShape } from "./transformParameters.ts";

/** A picture before its transforms. */
export interface LoadedImage {
  readonly image: FloatImage;
  /** SHA-256 of the file's bytes, or of the array's. */
  digest(): Digest;
}

/** What belongs to the pictures of a batch. */
export interface Targets {
  readonly y?: Tensor | readonly Tensor[];
  readonly sampleWeight?: Tensor<"float32">;
  readonly extras?: readonly Tensor[];
}

/** Files of one class each. */
export interface ClassFiles {
  /** In the order of their numbers. */
  readonly classNames: readonly string[];
  readonly paths: readonly string[];
  /** Class number of each file. */
  readonly labels: Int32Array;
}

/** Where an iterator takes its samples from. */
export interface SampleSource {
  /** For messages: a path, or "array". */
  readonly description: string;
  readonly n: number;
  readonly imageShape: ImageShape;
  /** Numbers in the names of saved pictures are below this. */
  readonly hashBound: number;
  load(index: number): Promise<LoadedImage>;
  /** As that of the loaded picture, without decoding it; left out where loading costs nothing. */
  digest?(index: number): Promise<Digest>;
  /** All that decides, beside the file, what `load` gives: plain JSON; left out where pictures are given as they are. */
  readonly loading?: LoadingOptions | DatasetImageOptions;
  /** Left out where samples are no files, or have no class. */
  readonly classFiles?: ClassFiles;
  nameOf(index: number): string;
  /** Whether an error means that this one picture is bad. */
  isUnreadable(error: PermafrostError): boolean;
  /** @param x - The finished pictures, [batch, height, width, channels]. */
  targets(indices: Uint32Array, x: Tensor<"float32">): Targets;
}
