/** What sampling needs of a generator: the package's own `Random` and NumPy's old one both have it. */
export interface RandomSource {
  /** A number from [0, 1) with 53 random bits. */
  float(): number;
  /** A number from [low, high). */
  uniform(low: number, high: number): number;
  /** An integer from 0 to bound - 1. */
  integer(bound: number): number;
  /** The integers 0 to n - 1 in random order. */
  permutation(n: number): Uint32Array;
}
