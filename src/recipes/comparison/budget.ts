import { PermafrostError } from "../../base/errors.ts";

/** Time that all runs of a comparison may take together. */
export interface Budget {
  /** Left out: no limit. */
  readonly seconds?: number;
  /** Seconds that are left. */
  left(): number;
  /** Raised once they are used up; undefined without a limit. */
  signal(): AbortSignal | undefined;
}

/** Longer timers than this end at once. */
const longestTimer = 2 ** 31 - 1;

/** A budget that begins now. */
export function budgetOf(seconds: number | undefined): Budget {
  if (seconds === undefined) return { left: () => Number.POSITIVE_INFINITY, signal: () => undefined };
  const end = performance.now() + 1000 * seconds;
  const left = () => (end - performance.now()) / 1000;
  return {
    seconds,
    left,
    signal: () => AbortSignal.timeout(Math.min(Math.max(0, Math.round(1000 * left())), longestTimer)),
  };
}

export const outOfTime = Symbol("out of time");

/**
 * Does some work until the budget is used up, or the user asks to stop.
 *
 * @param asked - The user's signal.
 * @returns What the work gives; `outOfTime` where the budget ended it.
 * @throws PermafrostError INTERRUPTED where the user did; whatever else the work throws.
 */
export async function underBudget<Result>(
  budget: Budget,
  asked: AbortSignal | undefined,
  work: (signal: AbortSignal | undefined) => Promise<Result>,
): Promise<Result | typeof outOfTime> {
  const end = budget.signal();
  const signals = [asked, end].filter((each) => each !== undefined);
  try {
    return await work(signals.length === 0 ? undefined : AbortSignal.any(signals));
  } catch (error) {
    const isInterruption = error instanceof PermafrostError && error.code === "INTERRUPTED";
    if (isInterruption && end?.aborted === true && asked?.aborted !== true) return outOfTime;
    throw error;
  }
}
