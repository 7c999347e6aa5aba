import { scaleLinear } from "d3-scale";

/**
 * Round numbers at even steps, the first at or below the least value, the last at or above the largest.
 *
 * @param limit - No tick lies beyond it: 1 for shares.
 */
export function niceTicks(low: number, high: number, limit = Number.POSITIVE_INFINITY): readonly number[] {
  const isFlat = high - low <= 1e-9 * Math.max(1, Math.abs(high));
  const room = !isFlat ? 0 : Math.abs(high) > 1e-9 ? Math.abs(high) * 0.05 : 0.5;
  const scale = scaleLinear()
    .domain([low - room, Math.max(high, Math.min(high + room, limit))])
    .nice(4);
  const [first, last] = scale.domain() as [number, number];
  return scale.domain([first, Math.min(last, Math.max(limit, high))]).ticks(4);
}
