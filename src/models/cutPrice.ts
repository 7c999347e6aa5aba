/** What one way to cut costs for each sample and epoch. */
export interface CutCost {
  /** Size of the stored row. */
  readonly bytes: number;
  /** Frozen computation behind the cut, done again each time. */
  readonly multiplyAdds: number;
}

/**
 * Reading a byte of a stored row takes about as long as this many multiply-adds: 1 GB/s from disk or memory through
 * one copy, against 64 billion multiply-adds a second on a few cores. It is fixed, not measured, so that a model is cut
 * at the same place on every machine and features can be exchanged.
 */
const multiplyAddsPerByte = 64;

/** One number to compare cuts by, in multiply-adds. */
export function priceOf({ bytes, multiplyAdds }: CutCost): number {
  return bytes * multiplyAddsPerByte + multiplyAdds;
}

/** Index of the cheapest, the earliest among equals; -1 for none. */
export function cheapestOf(costs: readonly CutCost[]): number {
  return costs.reduce(
    (best, cost, index) => (best < 0 || priceOf(cost) < priceOf(costs[best]!) ? index : best),
    -1,
  );
}
