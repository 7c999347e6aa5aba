import { PermafrostError } from "../base/errors.ts";

/** Rows of a request that lie together, in the store and in the request. */
export interface Run {
  readonly row: number;
  readonly count: number;
  /** Place of the first of them in the request. */
  readonly at: number;
}

/** Requests shorter than this are read in their own order. */
const worthSorting = 16;

/** Which item holds which row: row numbers run on from item to item. */
export class RowPlaces<Item> {
  readonly #firsts: number[] = [];
  readonly #items: Item[] = [];
  #rows = 0;

  add(rows: number, item: Item): void {
    this.#firsts.push(this.#rows);
    this.#items.push(item);
    this.#rows += rows;
  }

  /** The item that holds a row, and the number of the item's first row. */
  find(row: number): { readonly item: Item; readonly first: number } {
    const index = this.#indexOf(row);
    return { item: this.#items[index]!, first: this.#firsts[index]! };
  }

  /**
   * Splits a request into pieces to read, many rows by their place on disk.
   *
   * @param wanted - Places of the request that are to be read, in their order (default: all).
   */
  *runs(rows: ArrayLike<number>, wanted = allOf(rows)): Generator<Run> {
    const order = wanted.length < worthSorting ? wanted : wanted.toSorted((a, b) => rows[a]! - rows[b]!);
    let index = 0;
    while (index < order.length) {
      const at = order[index]!;
      const row = rows[at]!;
      const end = this.#endOf(row);
      let count = 1;
      while (
        index + count < order.length &&
        order[index + count] === at + count &&
        rows[at + count] === row + count &&
        row + count < end
      ) {
        count++;
      }
      yield { row, count, at };
      index += count;
    }
  }

  #endOf(row: number): number {
    return this.#firsts[this.#indexOf(row) + 1] ?? this.#rows;
  }

  #indexOf(row: number): number {
    if (!(row >= 0 && row < this.#rows)) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `feature store: expected a row from 0 to ${this.#rows - 1}, got ${row}.`,
      );
    }
    let low = 0;
    let high = this.#firsts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#firsts[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function allOf(rows: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: rows.length }, (_, at) => at);
}
