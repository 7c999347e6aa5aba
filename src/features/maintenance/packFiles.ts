import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf, PermafrostError, systemCode } from "../../base/errors.ts";
import { isPackName, packEnding } from "../packFormat.ts";
import { formatFolder } from "../storeFolder.ts";

/** A pack as the file system knows it. */
export interface PackFile {
  readonly path: string;
  /** Name of its group's folder. */
  readonly group: string;
  readonly bytes: number;
  /** Last use, in milliseconds since 1970. */
  readonly usedAt: number;
}

/** A pack that a process is writing, or left behind when it was killed. */
export interface TemporaryFile {
  readonly path: string;
  readonly bytes: number;
  readonly changedAt: number;
}

export interface StoreFiles {
  /** Ordered by group, then by name. */
  readonly packs: readonly PackFile[];
  readonly temporaries: readonly TemporaryFile[];
}

const groupName = /^[0-9a-f]{64}$/;
/** As PackFileWriter names them: the time in base 36, then 64 random bits. */
const ownPack = new RegExp(`^[0-9a-z]{9,12}-[0-9a-f]{16}\\${packEnding}$`);
const ownTemporary = new RegExp(`^\\.tmp-[0-9a-z]{9,12}-[0-9a-f]{16}\\${packEnding}-[0-9a-f]{12}$`);

/** Whether Permafrost itself gives files such names; others are never removed. */
export function isOwnName(file: string): boolean {
  const name = path.basename(file);
  return ownPack.test(name) || ownTemporary.test(name);
}

/**
 * All packs and temporary files of a store; none where there is no store yet. Links are not followed.
 *
 * @throws PermafrostError NOT_READABLE when a folder of the store cannot be listed.
 */
export async function listFiles(store: string): Promise<StoreFiles> {
  const root = path.join(store, formatFolder);
  const packs: PackFile[] = [];
  const temporaries: TemporaryFile[] = [];
  const groups = (await entriesOf(root)).filter((each) => each.isDirectory() && groupName.test(each.name));
  for (const { name: group } of groups) {
    for (const entry of await entriesOf(path.join(root, group))) {
      const file = path.join(root, group, entry.name);
      const facts = entry.isFile() ? await factsOf(file) : undefined;
      if (facts === undefined) continue;
      const { size: bytes, mtimeMs } = facts;
      if (isPackName(entry.name)) packs.push({ path: file, group, bytes, usedAt: mtimeMs });
      else if (ownTemporary.test(entry.name)) temporaries.push({ path: file, bytes, changedAt: mtimeMs });
    }
  }
  return { packs, temporaries };
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw new PermafrostError(
      "NOT_READABLE",
      `${folder}: the feature store cannot be listed (${messageOf(error)}).`,
      { cause: error, details: { path: folder } },
    );
  }
}

/** Another process may have removed the file since it was listed. */
async function factsOf(file: string): Promise<Stats | undefined> {
  return stat(file).catch(() => undefined);
}
