import { rm } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../../base/errors.ts";
import { syncFolder } from "../../base/files.ts";
import { groupBy } from "../../data/groupBy.ts";
import { OpenFiles } from "../openFiles.ts";
import { addToNote } from "./groupNote.ts";
import { isOwnName, type PackFile } from "./packFiles.ts";
import { readRecord } from "./storedPack.ts";

/** A file of the store that is, or would be, removed. */
export interface Removal {
  readonly path: string;
  readonly bytes: number;
  /** Features that go with it; 0 for a temporary file. */
  readonly rows: number;
  readonly reason: string;
}

/** Told of each file before it is removed. */
export type OnRemoval = (removal: Removal) => void;

/**
 * A pack as something to remove; undefined for what Permafrost did not write, or a newer one did: that is never removed.
 */
export function removalOf(file: PackFile, reason: string): Removal | undefined {
  if (!isOwnName(file.path)) return undefined;
  const files = new OpenFiles();
  try {
    return { path: file.path, bytes: file.bytes, rows: readRecord(file, files).rows, reason };
  } catch (error) {
    const isDamaged = error instanceof PermafrostError && error.code === "STORE_DAMAGED";
    return isDamaged ? { path: file.path, bytes: file.bytes, rows: 0, reason } : undefined;
  } finally {
    files.close();
  }
}

/** Removes files, naming each before. One that another process has removed already is passed over. */
export async function removeFiles(removals: readonly Removal[], onRemoval?: OnRemoval): Promise<void> {
  for (const removal of removals) {
    onRemoval?.(removal);
    await rm(removal.path, { force: true });
  }
  for (const [folder, gone] of groupBy(removals, (removal) => path.dirname(removal.path))) {
    // The folder itself may have gone; then there is nothing to make durable and nothing to note.
    const isThere = await syncFolder(folder).then(
      () => true,
      () => false,
    );
    const rows = gone.reduce((sum, each) => sum + each.rows, 0);
    const removed = { time: new Date().toISOString(), rows, reason: gone[0]!.reason };
    if (isThere && rows > 0) await addToNote(folder, { removed }).catch(() => undefined);
  }
}
