import { groupBy } from "./groupBy.ts";

export interface FoldedRows {
  /** Class of each row. */
  readonly labels: ArrayLike<number>;
  /** The same for rows that must stay together, such as copies of one image: each would vouch for the other. */
  readonly groups: ArrayLike<unknown>;
  /** Of each row; among groups of one class, the first row with the lower number goes first. */
  readonly order: ArrayLike<number>;
}

/** Gives every row a fold, 0 to folds - 1: class by class in turn, so that each fold has its share of every class. */
export function stratifiedFolds({ labels, groups, order }: FoldedRows, folds: number): readonly number[] {
  const rows = Array.from({ length: labels.length }, (_, row) => row);
  const together = [...groupBy(rows, (row) => groups[row]).values()];
  together.sort(([a], [b]) => labels[a!]! - labels[b!]! || order[a!]! - order[b!]!);
  const places = new Array<number>(labels.length);
  for (const [turn, members] of together.entries()) for (const row of members) places[row] = turn % folds;
  return places;
}
