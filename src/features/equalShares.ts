/**
 * Sizes of batches for workers that end at about the same time: as many batches for each, of the same size give or take one.
 * Without it 60 images would be seven batches of 8 and one of 4, and a worker would stand idle at the end.
 *
 * @param most - Largest batch.
 * @returns `total` in parts, in the order in which they are to be taken.
 */
export function equalShares(total: number, workers: number, most: number): readonly number[] {
  const rounds = Math.ceil(total / (workers * most));
  const batches = Math.min(total, workers * rounds);
  const endOf = (batch: number): number => Math.round((batch * total) / batches);
  return Array.from({ length: batches }, (_, batch) => endOf(batch + 1) - endOf(batch));
}
