import { setImmediate } from "node:timers/promises";

import { PermafrostError } from "../../base/errors.ts";
import type { TrainingHooks } from "../request/training.ts";

/** Tells how far a long computation of this thread is, and lets Ctrl-C be heard. @throws PermafrostError INTERRUPTED */
export function pausing(
  phase: string,
  unit: string,
  { onProgress, signal }: TrainingHooks,
): (done: number, total: number) => Promise<void> {
  return async (done, total) => {
    onProgress?.({ phase, done, total, unit });
    await setImmediate();
    if (signal?.aborted) {
      throw new PermafrostError("INTERRUPTED", "review was interrupted; no page and no list was written.");
    }
  };
}
