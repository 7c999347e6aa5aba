import { PermafrostError } from "../base/errors.ts";
import { Random } from "../base/random.ts";

export interface BatchOptions {
  readonly batchSize: number;
  readonly seed: number;
  /** Counted from 0; each epoch has an order of its own. */
  readonly epoch: number;
  /** Mix the samples (true) or keep their order (false). */
  readonly shuffle: boolean;
}

/**
 * The indices 0 to n - 1 in batches. The last batch may be smaller, as in Keras; the order depends on seed and epoch
 * only, so an interrupted epoch can be taken up again.
 *
 * @throws PermafrostError INVALID_ARGUMENT unless the batch size is a whole number of at least 1.
 */
export function batchOrder(n: number, { batchSize, seed, epoch, shuffle }: BatchOptions): Uint32Array[] {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    const expected = "batchSize: expected a whole number of at least 1";
    throw new PermafrostError("INVALID_ARGUMENT", `${expected}, received ${batchSize}. 32 is the default.`, {
      details: { batchSize },
    });
  }
  const order = shuffle
    ? new Random(seed, "shuffle", epoch).permutation(n)
    : Uint32Array.from({ length: n }, (_, index) => index);
  const batches: Uint32Array[] = [];
  for (let start = 0; start < n; start += batchSize) batches.push(order.subarray(start, start + batchSize));
  return batches;
}
