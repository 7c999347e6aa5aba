import { PermafrostError } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";

/** How `forEachConcurrently` runs and what it says about itself. */
export interface ConcurrentOptions extends WorkOptions {
  /** Name of the work in progress events. */
  readonly phase: string;
  /** What is counted (default "images"). */
  readonly unit?: string;
  /** How many tasks may be under way at once. */
  readonly concurrency: number;
}

/**
 * Runs a task for every item, a few at once, in order of the list; progress counts finished tasks.
 * The first failure stops the work and is thrown when the tasks under way have ended.
 *
 * @throws PermafrostError INTERRUPTED when the signal is aborted.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  options: ConcurrentOptions,
  task: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const { phase, unit = "images", onProgress, signal } = options;
  let next = 0;
  let done = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        throwIfInterrupted(signal, phase);
        await task(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
      onProgress?.({ phase, done: ++done, total: items.length, unit });
    }
  };
  const lanes = Array.from({ length: Math.max(1, Math.min(options.concurrency, items.length)) }, lane);
  const failure = (await Promise.allSettled(lanes)).find((result) => result.status === "rejected");
  if (failure) throw failure.reason;
}

/** Throws INTERRUPTED when the caller has asked to stop. */
function throwIfInterrupted(signal: AbortSignal | undefined, phase: string): void {
  if (signal?.aborted) {
    throw new PermafrostError("INTERRUPTED", `${phase}: stopped before the end, as asked.`, {
      details: { phase },
    });
  }
}
