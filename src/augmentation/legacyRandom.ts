import { PermafrostError } from "../base/errors.ts";
import { shuffledIndices } from "../base/random.ts";
import type { RandomSource } from "./randomSource.ts";

const stateLength = 624;
const shiftLength = 397;

/**
 * NumPy's old generator (`numpy.random.seed`, `RandomState`): the same numbers, in the same order.
 *
 * MT19937 (Matsumoto and Nishimura 1998), seeded by Knuth's multiplier 1812433253; integers by masked rejection. Keras's
 * generators draw from it, so it is what a comparison with them needs; draws of our own come from `Random`.
 */
export class LegacyRandom implements RandomSource {
  readonly #state = new Uint32Array(stateLength);
  #position = stateLength;

  /** @throws PermafrostError INVALID_ARGUMENT unless the seed is a whole number from 0 to 2^32 - 1. */
  constructor(seed: number) {
    this.seed(seed);
  }

  /** Starts again, as `numpy.random.seed(seed)`. */
  seed(seed: number): void {
    if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `seed: expected a whole number from 0 to 4294967295, got ${seed}. NumPy's old generator takes no other.`,
      );
    }
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < stateLength; i++) {
      const before = state[i - 1]! ^ (state[i - 1]! >>> 30);
      state[i] = Math.imul(1812433253, before) + i;
    }
    this.#position = stateLength;
  }

  /** An integer, 0 to 2^32 - 1. */
  uint32(): number {
    if (this.#position === stateLength) this.#renew();
    let word = this.#state[this.#position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  float(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  /** As `randint(bound)` and the index of `choice`: takes no number where there is only one to choose. */
  integer(bound: number): number {
    const last = bound - 1;
    if (last <= 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(last);
    for (;;) {
      const value = (this.uint32() & mask) >>> 0;
      if (value <= last) return value;
    }
  }

  permutation(n: number): Uint32Array {
    return shuffledIndices(n, (bound) => this.integer(bound));
  }

  #renew(): void {
    const state = this.#state;
    for (let i = 0; i < stateLength; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % stateLength]! & 0x7fffffff);
      const twist = joined & 1 ? 0x9908b0df : 0;
      state[i] = state[(i + shiftLength) % stateLength]! ^ (joined >>> 1) ^ twist;
    }
    this.#position = 0;
  }
}
