import { keyBytes } from "./key.ts";
import type { StoreGroup } from "./storeGroup.ts";
import type { DistinctViews, ViewSource } from "./views.ts";

/** Which of the wanted features a group holds. */
export class FeatureSearch {
  readonly views: DistinctViews;
  readonly #group: StoreGroup;

  constructor(views: DistinctViews, group: StoreGroup) {
    this.views = views;
    this.#group = group;
  }

  /** Reads the stored features once to check them; damaged ones count as missing, unless the store holds them twice. */
  async checkStored(): Promise<{ readonly reused: number; readonly seconds: number }> {
    const begin = performance.now();
    for (;;) {
      const found = this.#find().filter((row) => row >= 0);
      if ((await this.#group.verify(found)) === 0) {
        return { reused: found.length, seconds: (performance.now() - begin) / 1000 };
      }
    }
  }

  /** Distinct images without a stored feature. */
  missing(): readonly ViewSource[] {
    const rows = this.#find();
    return this.views.sources.filter((source) => rows[source.index]! < 0);
  }

  /** Keys, [n, 32], and rows of the features that are there, in the order of the images. */
  stored(): { readonly keys: Uint8Array; readonly rows: Int32Array } {
    const found = this.#find();
    const rows = found.filter((row) => row >= 0);
    const keys = new Uint8Array(rows.length * keyBytes);
    let at = 0;
    for (const source of this.views.sources) {
      if (found[source.index]! < 0) continue;
      keys.set(this.views.keyOf(source), at);
      at += keyBytes;
    }
    return { keys, rows };
  }

  #find(): Int32Array {
    return this.#group.find(this.views.keys);
  }
}
