import { PermafrostError } from "../base/errors.ts";

/** Memory is taken in pieces of about this size, as rows come. */
const pieceBytes = 4 * 2 ** 20;

/**
 * Rows that were read once and stay in memory, so that later epochs are spared the system's calls: the first ones, up to a
 * number of bytes. Which ones does not matter, as every epoch reads all rows in another order.
 */
export class ResidentRows {
  readonly #rowBytes: number;
  readonly #most: number;
  readonly #rowsOfPiece: number;
  readonly #pieces: Uint8Array[] = [];
  /** Place of each row, from 1; 0: not there. */
  #places = new Int32Array(0);
  #held = 0;

  /** @param limit - Bytes that may be kept. */
  constructor(rowBytes: number, limit: number) {
    this.#rowBytes = rowBytes;
    this.#most = Math.floor(limit / rowBytes);
    this.#rowsOfPiece = Math.max(1, Math.floor(pieceBytes / rowBytes));
  }

  /** Whether one more would be kept. */
  get hasRoom(): boolean {
    return this.#held < this.#most;
  }

  /** Writes the rows that are there to their places in the request. @returns The places of the others, in their order. */
  copy(rows: ArrayLike<number>, into: Uint8Array): Int32Array {
    const absent = new Int32Array(rows.length);
    let count = 0;
    for (let at = 0; at < rows.length; at++) {
      const place = this.#places[rows[at]!] ?? 0;
      if (place === 0) absent[count++] = at;
      else into.set(this.#bytes(place - 1), at * this.#rowBytes);
    }
    return absent.subarray(0, count);
  }

  /** Keeps a row as far as there is room. */
  add(row: number, bytes: Uint8Array): void {
    if (!this.hasRoom || (this.#places[row] ?? 0) !== 0) return;
    if (row >= this.#places.length) this.#grow(row + 1);
    const place = this.#held++;
    if (place % this.#rowsOfPiece === 0) {
      const rows = Math.min(this.#rowsOfPiece, this.#most - place);
      this.#pieces.push(new Uint8Array(rows * this.#rowBytes));
    }
    this.#bytes(place).set(bytes);
    this.#places[row] = place + 1;
  }

  #bytes(place: number): Uint8Array {
    const piece = this.#pieces[Math.floor(place / this.#rowsOfPiece)];
    if (piece === undefined)
      throw new PermafrostError("INTERNAL", "internal: a resident row without memory.");
    const start = (place % this.#rowsOfPiece) * this.#rowBytes;
    return piece.subarray(start, start + this.#rowBytes);
  }

  #grow(rows: number): void {
    const larger = new Int32Array(Math.ceil(rows * 1.25));
    larger.set(this.#places);
    this.#places = larger;
  }
}
