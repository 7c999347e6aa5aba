import { sha256 } from "./digest.ts";

/**
 * One block of Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 * Counter-based: the same counter and key give the same four words on every machine and in any order.
 */
export function philox4x32(counter: readonly number[], key: readonly [number, number]): Uint32Array {
  const block = Uint32Array.from(counter);
  philoxInPlace(block, key[0], key[1]);
  return block;
}

/** High 32 bits of the product of two unsigned 32-bit integers. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = (middle & 0xffff) + a0 * b1;
  return (a1 * b1 + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

function philoxInPlace(c: Uint32Array, key0: number, key1: number): void {
  // Local numbers, not the array's: networks begin with millions of draws.
  let [k0, k1] = [key0 | 0, key1 | 0];
  let [c0, c1, c2, c3] = [c[0]! | 0, c[1]! | 0, c[2]! | 0, c[3]! | 0];
  for (let round = 0; round < 10; round++) {
    const high2 = mulHigh(0xcd9e8d57, c2);
    const high0 = mulHigh(0xd2511f53, c0);
    const low2 = Math.imul(0xcd9e8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0);
    c0 = high2 ^ c1 ^ k0;
    c2 = high0 ^ c3 ^ k1;
    c1 = low2;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  c[0] = c0;
  c[1] = c1;
  c[2] = c2;
  c[3] = c3;
}

/**
 * A stream of random numbers that depends only on its name.
 *
 * @example new Random(42, "shuffle", 3).permutation(10) // epoch 3's order, the same on every machine
 */
export class Random {
  readonly key: readonly [number, number];
  readonly #block = new Uint32Array(4);
  #blockIndex = 0;
  #used = 4;

  /** @param path - What the numbers are for: the seed first, then names and indices. */
  constructor(...path: readonly (string | number)[]) {
    const digest = sha256(JSON.stringify(path));
    this.key = [Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16)];
  }

  /** An integer, 0 to 2^32 - 1. */
  uint32(): number {
    if (this.#used === 4) {
      this.#block.fill(0);
      this.#block[0] = this.#blockIndex >>> 0;
      this.#block[1] = Math.floor(this.#blockIndex / 2 ** 32);
      philoxInPlace(this.#block, this.key[0], this.key[1]);
      this.#blockIndex++;
      this.#used = 0;
    }
    return this.#block[this.#used++]!;
  }

  /** The next integers all at once, faster: the same ones as that many calls of `uint32`. */
  fill(into: Uint32Array): void {
    let place = 0;
    while (place < into.length && this.#used < 4) into[place++] = this.uint32();
    const block = this.#block;
    for (; place + 4 <= into.length; place += 4, this.#blockIndex++) {
      block[0] = this.#blockIndex >>> 0;
      block[1] = Math.floor(this.#blockIndex / 2 ** 32);
      block[2] = 0;
      block[3] = 0;
      philoxInPlace(block, this.key[0], this.key[1]);
      into.set(block, place);
    }
    while (place < into.length) into[place++] = this.uint32();
  }

  /** A number from [0, 1) with 53 random bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** A number from [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  /** An integer from 0 to bound - 1, without bias (rejection). */
  integer(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % bound;
    }
  }

  /** A standard normal number (Box and Muller 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
    return radius * Math.cos(2 * Math.PI * this.float());
  }

  /** The integers 0 to n - 1 in random order. */
  permutation(n: number): Uint32Array {
    return shuffledIndices(n, (bound) => this.integer(bound));
  }
}

/**
 * The integers 0 to n - 1 in random order (Fisher and Yates, from the end).
 *
 * @param integer - Gives an integer from 0 to bound - 1.
 */
export function shuffledIndices(n: number, integer: (bound: number) => number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, index) => index);
  for (let i = n - 1; i > 0; i--) {
    const j = integer(i + 1);
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }
  return order;
}
