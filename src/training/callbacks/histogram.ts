/** TensorFlow's default for summaries. */
const bucketCount = 30;

/**
 * How numbers are spread: [left edge, right edge, count] of equal buckets from the least to the greatest. Equal numbers
 * share one bucket around them.
 */
export function histogramBuckets(values: Float32Array): readonly (readonly [number, number, number])[] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (!Number.isFinite(greatest - least)) return [];
  if (least === greatest) return [[least - 0.5, least + 0.5, values.length]];
  const width = (greatest - least) / bucketCount;
  const counts = new Float64Array(bucketCount);
  for (const value of values) counts[Math.min(Math.floor((value - least) / width), bucketCount - 1)]!++;
  return Array.from(counts, (count, index) => [
    least + index * width,
    index === bucketCount - 1 ? greatest : least + (index + 1) * width,
    count,
  ]);
}
