import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { PermafrostError, systemCode } from "./errors.ts";

/**
 * Writes a file so that a reader sees the old content or the whole new content, never a part:
 * temporary name beside it, sync, rename, sync of the folder.
 *
 * @throws PermafrostError DISK_FULL when there is no room; the target is untouched.
 */
export function writeFileAtomic(target: string, content: Uint8Array | string): Promise<void> {
  return writePiecesAtomic(target, [content]);
}

/** As `writeFileAtomic`, of content that is made piece by piece, so that it is never whole in memory. */
export async function writePiecesAtomic(
  target: string,
  pieces: Iterable<Uint8Array | string>,
): Promise<void> {
  const temporary = temporaryName(target);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    const file = await open(temporary, "wx");
    try {
      // One handle writes on where the piece before has ended.
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    await syncFolder(path.dirname(target));
  } catch (error) {
    await rm(temporary, { force: true });
    throw explainWriteError(error, target);
  }
}

/** A name in the same folder that no reader takes for the real file. */
export function temporaryName(target: string): string {
  return path.join(path.dirname(target), `.tmp-${path.basename(target)}-${randomBytes(6).toString("hex")}`);
}

/**
 * Removes files that are ours from a folder, with what killed writers left of them, and the folder if nothing else is in it.
 * A folder that is not there is as good as removed.
 */
export async function removeFolder(folder: string, names: readonly string[]): Promise<void> {
  try {
    for (const name of await readdir(folder)) {
      const own = names.some((ours) => name === ours || isTemporaryOf(ours, name));
      if (own) await rm(path.join(folder, name), { force: true });
    }
    await rmdir(folder);
  } catch (error) {
    const code = systemCode(error);
    const isDone = code === "ENOENT" || code === "ENOTDIR" || code === "ENOTEMPTY" || code === "EEXIST";
    if (!isDone) throw error;
  }
}

function isTemporaryOf(target: string, name: string): boolean {
  const prefix = `.tmp-${target}-`;
  return name.startsWith(prefix) && /^[0-9a-f]{12}$/.test(name.slice(prefix.length));
}

/** Makes a rename durable. Windows cannot open folders; there the rename itself must do. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Turns a full disk into a DISK_FULL error that names the file; hands anything else back as it is. */
export function explainWriteError(error: unknown, target: string): unknown {
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new PermafrostError(
      "DISK_FULL",
      `${target}: no space left to write it. Nothing was changed; free some space or choose another place.`,
      { cause: error, details: { path: target } },
    );
  }
  return error;
}
