import { PermafrostError } from "../base/errors.ts";

/** A range that holds the true value with a stated probability. */
export type Interval = readonly [low: number, high: number];

/** Two-sided standard normal quantile for 95 %. */
export const z95 = 1.959963984540054;

/**
 * The range of true accuracies that `right` correct answers out of `total` leave plausible
 * (Wilson 1927, score interval without continuity correction).
 *
 * @param z - Two-sided normal quantile; default 95 %.
 */
export function wilsonInterval(right: number, total: number, z: number = z95): Interval {
  if (!(total > 0) || right < 0 || right > total) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `wilsonInterval: expected 0 <= right <= total with total > 0, got ${right} of ${total}.`,
    );
  }
  const share = right / total;
  const zz = (z * z) / total;
  const center = share + zz / 2;
  const spread = z * Math.sqrt((share * (1 - share) + zz / 4) / total);
  return [right === 0 ? 0 : (center - spread) / (1 + zz), right === total ? 1 : (center + spread) / (1 + zz)];
}

/** 95 % interval of a mean of numbers from 0 up: 1.96 of its standard errors to both sides, 0 at least. */
export function meanInterval(values: ArrayLike<number>): Interval {
  const n = values.length;
  const all = Array.from(values);
  const center = all.reduce((sum, value) => sum + value, 0) / n;
  const squares = all.reduce((sum, value) => sum + (value - center) ** 2, 0);
  const spread = n < 2 ? 0 : (z95 * Math.sqrt(squares / (n - 1))) / Math.sqrt(n);
  return [Math.max(0, center - spread), center + spread];
}
