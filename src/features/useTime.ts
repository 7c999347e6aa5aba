import { utimesSync } from "node:fs";

/**
 * Notes that a pack is used now, as the file's time of change: its bytes stay as they are, no other file is needed, and
 * any process may do so. Where it cannot be noted, the pack merely looks older.
 */
export function markUsed(pack: string): void {
  const now = new Date();
  try {
    utimesSync(pack, now, now);
  } catch {
    // A store that is read only, or a pack that has just been removed.
  }
}

/** Age of the last use in milliseconds. A time in the future, after a clock was set back, counts as now. */
export function unusedFor(usedAt: number, now: number): number {
  return Math.max(0, now - usedAt);
}
