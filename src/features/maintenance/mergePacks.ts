import { utimes } from "node:fs/promises";
import path from "node:path";
import { groupBy } from "../../data/groupBy.ts";
import { KeyIndex } from "../keyIndex.ts";
import { OpenFiles } from "../openFiles.ts";
import { PackWriter } from "../packWriter.ts";
import { copyRows } from "./copyRows.ts";
import { isOwnName, listFiles, type PackFile } from "./packFiles.ts";
import { type OnRemoval, type Removal, removalOf, removeFiles } from "./removal.ts";
import { openStored, readRecord } from "./storedPack.ts";

export interface MergeOptions {
  /** Size of a full pack in bytes (default 64 MiB). */
  readonly packBytes?: number;
  /** Merge where a group has at least so many packs under a quarter of that (default 2). */
  readonly smallPacks?: number;
  /** Only this group. */
  readonly group?: string;
  readonly dryRun?: boolean;
  readonly onRemoval?: OnRemoval;
}

/** Why the small packs go; nothing is lost with them. */
export const mergeReason = "merged into a larger pack";

/**
 * Puts the rows of many small packs into few large ones. The large ones appear, whole and synced, before the small ones
 * go: so a process killed in between leaves some rows twice and none lost, and readers find moved rows again.
 */
export async function mergePacks(store: string, options: MergeOptions = {}): Promise<readonly Removal[]> {
  const { packBytes = 64 * 2 ** 20, smallPacks = 2 } = options;
  const { packs } = await listFiles(store);
  const small = packs.filter(
    (pack) =>
      (options.group === undefined || pack.group === options.group) &&
      pack.bytes < packBytes / 4 &&
      isOwnName(pack.path),
  );
  const removals: Removal[] = [];
  for (const group of groupBy(small, (pack) => pack.group).values()) {
    for (const alike of groupBy(group, originOf).values()) {
      if (alike.length >= Math.max(2, smallPacks))
        removals.push(...(await mergeAlike(alike, packBytes, options)));
    }
  }
  return removals;
}

/** Rows of another origin stay apart; packs that cannot be read stay as they are. */
function originOf(pack: PackFile): string {
  const files = new OpenFiles();
  try {
    return `rows ${readRecord(pack, files).format.origin ?? ""}`;
  } catch {
    return pack.path;
  } finally {
    files.close();
  }
}

async function mergeAlike(
  packs: readonly PackFile[],
  packBytes: number,
  { dryRun, onRemoval }: MergeOptions,
): Promise<readonly Removal[]> {
  const removals = packs.flatMap((pack) => removalOf(pack, mergeReason) ?? []);
  if (dryRun === true) return removals;
  await rewrite(packs, packBytes);
  await removeFiles(removals, onRemoval);
  return removals;
}

/**
 * Writes the good rows of packs of one group and origin into new packs beside them. Throws, and removes nothing, when one of
 * them has gone meanwhile: then another process is at the same work.
 */
export async function rewrite(
  packs: readonly PackFile[],
  packBytes: number,
  wanted?: (key: Uint8Array) => boolean,
): Promise<void> {
  const files = new OpenFiles();
  try {
    const { format } = readRecord(packs[0]!, files);
    const made: string[] = [];
    const writer = new PackWriter(path.dirname(packs[0]!.path), format, {
      packBytes,
      onPack: (file) => made.push(file),
    });
    const known = new KeyIndex();
    try {
      for (const pack of packs) await copyRows(openStored(pack, files), writer, known, wanted);
    } finally {
      // Also after a failure: what was copied is good, and no temporary file stays behind.
      await writer.close();
    }
    const usedAt = new Date(Math.min(Date.now(), Math.max(...packs.map((pack) => pack.usedAt))));
    for (const file of made) await utimes(file, usedAt, usedAt).catch(() => undefined);
  } finally {
    files.close();
  }
}
