import path from "node:path";
import { messageOf } from "../../base/errors.ts";
import { groupBy } from "../../data/groupBy.ts";
import type { FeatureGroup } from "../key.ts";
import { OpenFiles } from "../openFiles.ts";
import { formatFolder } from "../storeFolder.ts";
import type { StoreProblem } from "../storeGroup.ts";
import { readNote } from "./groupNote.ts";
import { listFiles, type PackFile, type TemporaryFile } from "./packFiles.ts";
import { readRecord } from "./storedPack.ts";

/** A group and what it takes up. */
export interface GroupInfo {
  readonly digest: string;
  readonly group: FeatureGroup;
  /** Names of the base networks that its features were computed for, as far as noted. */
  readonly bases: readonly string[];
  readonly packs: number;
  readonly rows: number;
  readonly bytes: number;
  /** ISO time of the last use. */
  readonly lastUse: string;
  /** Numerics classes other than the group's own that rows were imported from. */
  readonly origins: readonly string[];
}

export interface StoreListing {
  readonly folder: string;
  /** The one used last first. */
  readonly groups: readonly GroupInfo[];
  readonly packs: number;
  readonly rows: number;
  /** Of packs and temporary files. */
  readonly bytes: number;
  readonly temporaries: readonly TemporaryFile[];
  /** Packs whose header cannot be read or that are of a newer version. */
  readonly problems: readonly StoreProblem[];
}

/**
 * What a store holds, by the headers of its packs.
 *
 * @throws PermafrostError NOT_READABLE.
 */
export async function listStore(store: string): Promise<StoreListing> {
  const folder = path.resolve(store);
  const { packs, temporaries } = await listFiles(folder);
  const problems: StoreProblem[] = [];
  const groups: GroupInfo[] = [];
  for (const files of groupBy(packs, (pack) => pack.group).values()) {
    const info = await infoOf(folder, files, problems);
    if (info !== undefined) groups.push(info);
  }
  groups.sort((a, b) => (a.lastUse < b.lastUse ? 1 : -1));
  const allBytes = [...packs, ...temporaries].reduce((sum, each) => sum + each.bytes, 0);
  const rows = groups.reduce((sum, each) => sum + each.rows, 0);
  return { folder, groups, packs: packs.length, rows, bytes: allBytes, temporaries, problems };
}

async function infoOf(
  folder: string,
  files: readonly PackFile[],
  problems: StoreProblem[],
): Promise<GroupInfo | undefined> {
  const open = new OpenFiles();
  const origins = new Set<string>();
  let group: FeatureGroup | undefined;
  let rows = 0;
  try {
    for (const file of files) {
      try {
        const record = readRecord(file, open);
        group = record.group;
        rows += record.rows;
        if (record.format.origin !== undefined) origins.add(record.format.origin);
      } catch (error) {
        problems.push({ path: file.path, reason: messageOf(error) });
      }
    }
  } finally {
    open.close();
  }
  if (group === undefined) return undefined;
  const digest = files[0]!.group;
  return {
    digest,
    group,
    bases: (await readNote(path.join(folder, formatFolder, digest))).bases,
    packs: files.length,
    rows,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    lastUse: new Date(Math.max(...files.map((file) => file.usedAt))).toISOString(),
    origins: [...origins],
  };
}
