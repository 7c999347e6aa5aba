/** What a method would take beside the others. */
export interface PlannedMethod {
  readonly id: string;
  /** Forwards of the first run that no method before it computes too. */
  readonly forwards: number;
  /** Of the first run, and of each further one. */
  readonly seconds: { readonly first: number; readonly further: number };
  readonly runs: number;
  /** Runs that an earlier start has finished. */
  readonly finished: number;
  /** Why it is left out; missing where it fits. */
  readonly leftOut?: string;
}

/** Seconds of all runs of a method that are not finished yet. */
export function secondsOf({ seconds, runs, finished }: PlannedMethod): number {
  const left = runs - finished;
  if (left === 0) return 0;
  return (finished === 0 ? seconds.first : seconds.further) + (left - 1) * seconds.further;
}
