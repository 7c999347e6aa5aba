import type { Digest } from "../base/digest.ts";
import type { ImageSource } from "./decodeAhead.ts";
import { type FeatureKey, keyBytes, rowKeys } from "./key.ts";

/** One image file whose feature is wanted. */
export interface View {
  /** Absolute path. */
  readonly path: string;
  /** SHA-256 of the file's bytes, as listed. The file is held against it before it is used. */
  readonly image: Digest;
}

/** A distinct image and its row key. */
export interface ViewSource extends ImageSource {
  /** Its number among the distinct images. */
  readonly index: number;
  readonly key: FeatureKey;
}

/** The distinct images of a list in the order of their first appearance, and their row keys, [n, 32]. */
export class DistinctViews {
  readonly sources: readonly ViewSource[];
  readonly keys: Uint8Array;

  constructor(views: readonly View[]) {
    const paths = new Map<Digest, string[]>();
    for (const { image, path } of views) {
      const known = paths.get(image);
      if (known === undefined) paths.set(image, [path]);
      else known.push(path);
    }
    this.sources = [...paths].map(([image, files], index) => ({
      index,
      image,
      paths: files,
      key: { image, draw: "none" },
    }));
    this.keys = rowKeys(this.sources.map((source) => source.key));
  }

  /** The row key of a distinct image. */
  keyOf(source: ViewSource): Uint8Array {
    return this.keys.subarray(source.index * keyBytes, (source.index + 1) * keyBytes);
  }
}
