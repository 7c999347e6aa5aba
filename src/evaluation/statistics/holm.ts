/**
 * P-values corrected for having made several comparisons (Holm 1979): declaring all below a level keeps the chance of any
 * false one under that level.
 *
 * @returns In the order given.
 */
export function holm(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const corrected = new Array<number>(values.length);
  let largest = 0;
  for (const [place, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (values.length - place) * values[index]!));
    corrected[index] = largest;
  }
  return corrected;
}
