import path from "node:path";
import type { Digest } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import { imageKey, imageKeyBytes } from "../key.ts";
import { OpenFiles } from "../openFiles.ts";
import { formatFolder } from "../storeFolder.ts";
import { unusedFor } from "../useTime.ts";
import { leastRecentlyUsed } from "./evict.ts";
import { readNote } from "./groupNote.ts";
import { rewrite } from "./mergePacks.ts";
import { listFiles, type PackFile, type TemporaryFile } from "./packFiles.ts";
import { type OnRemoval, type Removal, removalOf, removeFiles } from "./removal.ts";
import { keyOf, openStored, readRecord } from "./storedPack.ts";

/** What to remove: packs for which all that is given holds. Without any of them nothing is chosen. */
export interface PruneRequest {
  /** Name of a base network, or the beginning of a prefix's or group's digest (8 characters or more). */
  readonly base?: string;
  /** Not used for so many milliseconds. */
  readonly olderThan?: number;
  /** Features of these images, under any draw. A pack that holds others too is written anew without them. */
  readonly images?: readonly Digest[];
  /** Only as many, those used longest ago first, as bring the store down to this. */
  readonly maxBytes?: number;
}

export interface PruneOptions {
  /** Only say what would be removed. */
  readonly dryRun?: boolean;
  readonly onRemoval?: OnRemoval;
  /** Size of a full pack, for packs written anew (default 64 MiB). */
  readonly packBytes?: number;
}

export interface PruneResult {
  readonly dryRun: boolean;
  /** All that was removed, or would be, in order. */
  readonly removed: readonly Removal[];
  readonly rows: number;
  /** Bytes that this frees; what is written anew takes its part of them again. */
  readonly bytes: number;
}

/** Temporary files older than this were left by a killed process. */
const strayAge = 24 * 60 * 60 * 1000;

/**
 * Removes features from a store. Only packs and temporary files that Permafrost has written go, each named before.
 *
 * @throws PermafrostError INVALID_ARGUMENT when nothing says what to remove; NOT_READABLE.
 */
export async function pruneStore(
  store: string,
  request: PruneRequest,
  options: PruneOptions = {},
): Promise<PruneResult> {
  checkRequest(request);
  const folder = path.resolve(store);
  const { packs, temporaries } = await listFiles(folder);
  const chosen = await choose(folder, packs, request);
  const strays = temporaries.flatMap(strayRemoval);
  const removed: Removal[] = [];
  const remove = async (removals: readonly Removal[]): Promise<void> => {
    removed.push(...removals);
    if (options.dryRun === true) for (const removal of removals) options.onRemoval?.(removal);
    else await removeFiles(removals, options.onRemoval);
  };
  if (request.images !== undefined) {
    for (const removal of await removeImages(chosen, request.images, options)) await remove([removal]);
  } else if (request.maxBytes !== undefined) {
    await remove(leastRecentlyUsed(chosen, packs, request.maxBytes, { reason: "pruned: used longest ago" }));
  } else {
    await remove(chosen.flatMap((pack) => removalOf(pack, reasonOf(request)) ?? []));
  }
  await remove(strays);
  const sum = (part: (removal: Removal) => number) => removed.reduce((total, each) => total + part(each), 0);
  return {
    dryRun: options.dryRun === true,
    removed,
    rows: sum((each) => each.rows),
    bytes: sum((each) => each.bytes),
  };
}

function checkRequest({ base, olderThan, images, maxBytes }: PruneRequest): void {
  if (base === undefined && olderThan === undefined && images === undefined && maxBytes === undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "prune: expected what to remove (a base, an age, a data set or a size), got nothing. Nothing was removed.",
    );
  }
  if (images !== undefined && maxBytes !== undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "prune: expected a data set or a size, got both. Nothing was removed.",
    );
  }
}

async function choose(
  folder: string,
  packs: readonly PackFile[],
  { base, olderThan }: PruneRequest,
): Promise<readonly PackFile[]> {
  const now = Date.now();
  const chosen: PackFile[] = [];
  for (const pack of packs) {
    if (olderThan !== undefined && unusedFor(pack.usedAt, now) < olderThan) continue;
    if (base === undefined || (await isOfBase(folder, pack, base))) chosen.push(pack);
  }
  return chosen;
}

async function isOfBase(folder: string, pack: PackFile, base: string): Promise<boolean> {
  if ((await readNote(path.join(folder, formatFolder, pack.group))).bases.includes(base)) return true;
  if (!/^[0-9a-f]{8,64}$/.test(base)) return false;
  if (pack.group.startsWith(base)) return true;
  const files = new OpenFiles();
  try {
    return readRecord(pack, files).group.prefix.startsWith(base);
  } catch {
    return false;
  } finally {
    files.close();
  }
}

function reasonOf({ base, olderThan }: PruneRequest): string {
  const days = (milliseconds: number): string => (milliseconds / 86_400_000).toFixed(1);
  const parts = [
    base === undefined ? [] : `of base ${base}`,
    olderThan === undefined ? [] : `not used for ${days(olderThan)} days`,
  ];
  return `pruned: ${parts.flat().join(", ")}`;
}

/** Packs that hold features of the images; those with other rows are written anew without them first. */
async function removeImages(
  packs: readonly PackFile[],
  images: readonly Digest[],
  { dryRun, packBytes = 64 * 2 ** 20 }: PruneOptions,
): Promise<readonly Removal[]> {
  const unwanted = new Set(images.map(imageKey));
  const isWanted = (key: Uint8Array): boolean =>
    !unwanted.has(Buffer.from(key.buffer, key.byteOffset, imageKeyBytes).toString("hex"));
  const removals: Removal[] = [];
  for (const pack of packs) {
    const removal = removalOf(pack, "pruned: of the data set");
    const counts = removal === undefined ? undefined : countRows(pack, isWanted);
    if (removal === undefined || counts === undefined || counts.unwanted === 0) continue;
    if (counts.wanted > 0 && dryRun !== true) await rewrite([pack], packBytes, isWanted);
    removals.push({ ...removal, rows: counts.unwanted });
  }
  return removals;
}

function countRows(
  pack: PackFile,
  isWanted: (key: Uint8Array) => boolean,
): { readonly wanted: number; readonly unwanted: number } | undefined {
  const files = new OpenFiles();
  try {
    const { keys, rows } = openStored(pack, files);
    let wanted = 0;
    for (let row = 0; row < rows; row++) if (isWanted(keyOf(keys, row))) wanted++;
    return { wanted, unwanted: rows - wanted };
  } catch {
    return undefined;
  } finally {
    files.close();
  }
}

function strayRemoval({ path: file, bytes, changedAt }: TemporaryFile): Removal | readonly Removal[] {
  if (unusedFor(changedAt, Date.now()) < strayAge) return [];
  return { path: file, bytes, rows: 0, reason: "left unfinished by a process that was stopped" };
}
