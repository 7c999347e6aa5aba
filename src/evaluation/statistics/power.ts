import { normalQuantile } from "./normal.ts";

export interface PowerOptions {
  /** Chance of finding a difference where there is none. Default 0.05. */
  readonly alpha?: number;
  /** Chance of finding the difference that there is. Default 0.8. */
  readonly power?: number;
}

/**
 * Images needed to find a difference of accuracy between two classifiers that are judged on the same ones (McNemar's test;
 * Connor 1987).
 *
 * @param difference - Of the accuracies, above 0.
 * @param disagreement - Share of the images on which just one of the two is right; at least the difference.
 */
export function imagesNeeded(
  difference: number,
  disagreement: number,
  { alpha = 0.05, power = 0.8 }: PowerOptions = {},
): number {
  const d = Math.abs(difference);
  const share = Math.max(disagreement, d);
  const [z, zPower] = [normalQuantile(1 - alpha / 2), normalQuantile(power)];
  return Math.ceil(((z * Math.sqrt(share) + zPower * Math.sqrt(share - d * d)) / d) ** 2);
}

/** The smallest difference of accuracy that so many images show with the wanted chance; 1 where none would. */
export function detectableDifference(
  images: number,
  disagreement: number,
  options: PowerOptions = {},
): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (imagesNeeded(middle, disagreement, options) > images) low = middle;
    else high = middle;
  }
  return high;
}
