import type { Split } from "../../data/dataset.ts";

/** How often pictures passed the base network, and how often they need not. */
export interface ForwardCounts {
  /** Views that passed it in this run. */
  readonly computed: number;
  /** Views whose features were in the store. */
  readonly reused: number;
  /** How many fewer than the plain way takes, which runs the base on every image of every step. */
  readonly avoided: number;
}

/** Features that were computed, and why they were not there. */
export interface Recomputation {
  /** What they are: "images", "drawn views". */
  readonly views: string;
  readonly computed: number;
  readonly reason: string;
}

/**
 * Forwards of the plain way: every epoch sees the training and the validation images, and all splits are scored once at the
 * end.
 */
export function plainForwards(samples: Readonly<Partial<Record<Split, number>>>, epochs: number): number {
  const { train = 0, validation = 0, test = 0 } = samples;
  return epochs * (train + validation) + train + validation + test;
}
