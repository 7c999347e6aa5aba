import { imageKeyBytes, keyBytes } from "./key.ts";

const smallestTable = 16;

/**
 * Finds rows by their key. A hash table with open addressing over packed keys: 44 to 60 bytes a row and no object for any.
 * Keys are parts of SHA-256 values, so bytes of them serve as the hash; of the part that differs between draws of one image.
 * A key may be added more than once.
 */
export class KeyIndex {
  #keys = new Uint8Array(smallestTable * keyBytes);
  /** Row numbers plus one; 0 is a free place. At most half full, so that probing stays short. */
  #table = new Int32Array(smallestTable);
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** The key of a row. A view: do not change it. */
  key(row: number): Uint8Array {
    return this.#keys.subarray(row * keyBytes, (row + 1) * keyBytes);
  }

  /** Adds rows with these keys, [n, 32]; they get the next row numbers. */
  add(keys: Uint8Array): void {
    const count = keys.length / keyBytes;
    this.#reserve(this.#rows + count);
    this.#keys.set(keys, this.#rows * keyBytes);
    for (let row = this.#rows; row < this.#rows + count; row++) this.#place(row);
    this.#rows += count;
  }

  /** The row of the key at `at * 32` in `keys`, or -1; rows that `accept` refuses are passed over. */
  find(keys: Uint8Array, at = 0, accept: (row: number) => boolean = () => true): number {
    const mask = this.#table.length - 1;
    let slot = hashOf(keys, at * keyBytes) & mask;
    for (;;) {
      const row = this.#table[slot]! - 1;
      if (row < 0) return -1;
      if (this.#holds(row, keys, at * keyBytes) && accept(row)) return row;
      slot = (slot + 1) & mask;
    }
  }

  #holds(row: number, keys: Uint8Array, offset: number): boolean {
    const start = row * keyBytes;
    for (let i = 0; i < keyBytes; i++) {
      if (this.#keys[start + i] !== keys[offset + i]) return false;
    }
    return true;
  }

  #place(row: number): void {
    const mask = this.#table.length - 1;
    let slot = hashOf(this.#keys, row * keyBytes) & mask;
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
    this.#table[slot] = row + 1;
  }

  #reserve(rows: number): void {
    if (rows * keyBytes > this.#keys.length) {
      // A quarter more than needed, so that adding pack after pack does not copy everything each time.
      const larger = new Uint8Array(Math.ceil(rows * 1.25) * keyBytes);
      larger.set(this.#keys.subarray(0, this.#rows * keyBytes));
      this.#keys = larger;
    }
    let size = this.#table.length;
    while (size < rows * 2) size *= 2;
    if (size === this.#table.length) return;
    this.#table = new Int32Array(size);
    for (let row = 0; row < this.#rows; row++) this.#place(row);
  }
}

function hashOf(keys: Uint8Array, offset: number): number {
  const at = offset + imageKeyBytes;
  return keys[at]! | (keys[at + 1]! << 8) | (keys[at + 2]! << 16) | (keys[at + 3]! << 24);
}
