import { unusedFor } from "../useTime.ts";
import { listFiles, type PackFile } from "./packFiles.ts";
import { type OnRemoval, type Removal, removalOf, removeFiles } from "./removal.ts";

/** What is said of packs that go because of the limit; explanations look for it. */
export const limitReason = "store limit reached";

export interface EvictionOptions {
  /** Bytes that the packs may take. */
  readonly maxBytes: number;
  /** Packs that must stay: a run is reading them. */
  readonly keep?: ReadonlySet<string>;
  readonly dryRun?: boolean;
  readonly onRemoval?: OnRemoval;
}

/** Removes the packs used longest ago until the others fit. */
export async function evict(store: string, options: EvictionOptions): Promise<readonly Removal[]> {
  const { packs } = await listFiles(store);
  const removals = leastRecentlyUsed(packs, packs, options.maxBytes, options);
  if (options.dryRun !== true) await removeFiles(removals, options.onRemoval);
  return removals;
}

/** Of some packs the ones used longest ago, as many as bring all packs down to the limit. */
export function leastRecentlyUsed(
  candidates: readonly PackFile[],
  all: readonly PackFile[],
  maxBytes: number,
  {
    keep = new Set(),
    reason = limitReason,
  }: { readonly keep?: ReadonlySet<string>; readonly reason?: string } = {},
): readonly Removal[] {
  const now = Date.now();
  let bytes = all.reduce((sum, pack) => sum + pack.bytes, 0);
  const oldestFirst = candidates
    .filter((pack) => !keep.has(pack.path))
    .sort((a, b) => unusedFor(b.usedAt, now) - unusedFor(a.usedAt, now) || (a.path < b.path ? -1 : 1));
  const removals: Removal[] = [];
  for (const pack of oldestFirst) {
    if (bytes <= maxBytes) break;
    const removal = removalOf(pack, reason);
    if (removal === undefined) continue;
    bytes -= pack.bytes;
    removals.push(removal);
  }
  return removals;
}
