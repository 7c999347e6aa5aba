/**
 * One p-value out of several of the same question, one a seed, however they depend on each other: twice their median
 * (Ruschendorf 1982; DiCiccio, DiCiccio and Romano 2020). A single one stays as it is.
 */
export function combinedP(values: readonly number[]): number {
  if (values.length === 1) return values[0]!;
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const median = (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
  return Math.min(1, 2 * median);
}
