/**
 * A share in hundredths, with one decimal: 0.9435 is "94.4". Halves go away from zero, as people round: `toFixed` takes the number as
 * it is in binary, and the same share would be 94.3 in one place and 94.4 in another.
 */
export function hundredths(share: number): string {
  const rounded = Math.round(Math.abs(share) * 1000) / 10;
  return (share < 0 && rounded > 0 ? -rounded : rounded).toFixed(1);
}
