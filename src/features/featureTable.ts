import type { Digest } from "../base/digest.ts";
import { keyBytes, rowKey } from "./key.ts";
import { KeyIndex } from "./keyIndex.ts";
import type { StoreGroup } from "./storeGroup.ts";

/**
 * The features of one data set: rows 0 to `rows - 1`, read from the store when they are asked for. Nothing of them is
 * kept in memory beyond 60 bytes of index a row. Close it when done.
 */
export class FeatureTable {
  /** Number of distinct images that have a feature. */
  readonly rows: number;
  /** Shape of one row in the engine's layout: [C], or [C, H, W]. */
  readonly rowShape: readonly number[];
  readonly #group: StoreGroup;
  readonly #index = new KeyIndex();
  readonly #storeRows: Int32Array;

  /**
   * @param keys - Row keys in the table's order, [n, 32].
   * @param storeRows - Their rows in the group.
   */
  constructor(group: StoreGroup, keys: Uint8Array, storeRows: Int32Array) {
    this.#group = group;
    this.#index.add(keys);
    this.#storeRows = storeRows;
    this.rows = keys.length / keyBytes;
    this.rowShape = group.shape;
  }

  /** The row of an image's feature; undefined when the image was skipped or never asked for. */
  indexOf(image: Digest, draw: Digest | "none" = "none"): number | undefined {
    const row = this.#index.find(rowKey({ image, draw }));
    return row < 0 ? undefined : row;
  }

  /**
   * Reads features in the order asked for, [rows.length, ...rowShape].
   *
   * @throws PermafrostError STORE_DAMAGED when a row on disk has changed since it was written.
   */
  read(rows: ArrayLike<number>, into: Float32Array): void {
    this.#group.readRows(
      Int32Array.from(rows, (row) => this.#storeRows[row] ?? -1),
      into,
    );
  }

  close(): void {
    this.#group.close();
  }
}
