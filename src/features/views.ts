import type { Digest } from "../base/digest.ts";
import type { ImageSource } from "./decodeAhead.ts";
import { type FeatureKey, keyBytes, rowKeys } from "./key.ts";
import type { ViewDraw } from "./viewDraws.ts";

/** One image file under one draw, whose feature is wanted. */
export interface View {
  /** Absolute path. */
  readonly path: string;
  /** SHA-256 of the file's bytes, as listed. The file is held against it before it is used. */
  readonly image: Digest;
  /** Left out: the image as it is. */
  readonly draw?: ViewDraw | undefined;
}

/** A distinct view and its row key. */
export interface ViewSource extends ImageSource {
  /** Its number among the distinct views. */
  readonly index: number;
  readonly key: FeatureKey;
  /** Number of its draw; undefined: the image as it is. */
  readonly draw: number | undefined;
}

/** The distinct views of a list in the order of their first appearance, and their row keys, [n, 32]. */
export class DistinctViews {
  readonly sources: readonly ViewSource[];
  readonly keys: Uint8Array;

  constructor(views: Iterable<View>) {
    const files = new Map<Digest, { readonly known: Set<string>; readonly paths: string[] }>();
    const drawn = new Map<string, ViewSource>();
    for (const { image, path, draw } of views) {
      const { known, paths } = files.get(image) ?? { known: new Set(), paths: [] };
      if (!known.has(path)) {
        paths.push(path);
        files.set(image, { known: known.add(path), paths });
      }
      const key = { image, draw: draw?.digest ?? ("none" as const) };
      const name = `${key.image}/${key.draw}`;
      if (drawn.has(name)) continue;
      drawn.set(name, { index: drawn.size, image, paths, key, draw: draw?.number });
    }
    this.sources = [...drawn.values()];
    this.keys = rowKeys(this.sources.map((source) => source.key));
  }

  /** The row key of a distinct view. */
  keyOf(source: ViewSource): Uint8Array {
    return this.keys.subarray(source.index * keyBytes, (source.index + 1) * keyBytes);
  }
}
