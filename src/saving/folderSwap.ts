import { mkdir, open, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "../base/errors.ts";
import { explainWriteError, syncFolder, temporaryName } from "../base/files.ts";

/** A file to be written into a new folder. */
export interface FileContent {
  readonly name: string;
  readonly content: Uint8Array | string;
}

/**
 * Makes `target` a folder of exactly these files, all at once: they are written and synced under a temporary name beside it,
 * then renamed. A folder that is there already is first renamed to `asideName(target)` and removed when the new one is in place;
 * a kill between the two renames leaves it there whole, and `newestFolder` finds it.
 *
 * The caller makes sure that an existing target may be replaced.
 */
export async function replaceFolder(target: string, files: readonly FileContent[]): Promise<void> {
  const temporary = temporaryName(target);
  try {
    await mkdir(temporary, { recursive: true });
    for (const file of files) await writeSynced(path.join(temporary, file.name), file.content);
    await syncFolder(temporary);
    await swap(temporary, target);
    await syncFolder(path.dirname(target));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw explainWriteError(error, target);
  }
  await rm(asideName(target), { recursive: true, force: true });
  await sweep(target);
}

/** The name under which the old folder waits while the new one takes its place. */
export function asideName(target: string): string {
  return path.join(path.dirname(target), `.old-${path.basename(target)}`);
}

/** The folder to read: the target, or the one set aside if a kill came between the two renames. */
export async function newestFolder(target: string): Promise<string> {
  if (await exists(target)) return target;
  return (await exists(asideName(target))) ? asideName(target) : target;
}

/** Puts a folder that a kill left aside back in its place. */
export async function restoreFolder(target: string): Promise<void> {
  if (await exists(target)) return;
  try {
    await rename(asideName(target), target);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
}

async function swap(temporary: string, target: string): Promise<void> {
  const aside = asideName(target);
  await removeEmpty(target);
  const replaces = await exists(target);
  if (replaces) {
    // A complete new folder stands beside a complete old one: what was aside before is older than both.
    await rm(aside, { recursive: true, force: true });
    await patiently(() => rename(target, aside));
  }
  try {
    await patiently(() => rename(temporary, target));
  } catch (error) {
    if (replaces) await restoreFolder(target);
    throw error;
  }
}

/** Windows renames no folder onto an empty one; elsewhere this changes nothing. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code !== "ENOENT" && code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "EPERM") throw error;
  }
}

/** On Windows a virus scanner or an indexer may hold a fresh file for a moment. */
async function patiently(action: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await action();
      return;
    } catch (error) {
      const held = ["EPERM", "EACCES", "EBUSY"].includes(systemCode(error) ?? "");
      if (process.platform !== "win32" || !held || attempt === 8) throw error;
      await sleep(2 ** attempt * 5);
    }
  }
}

async function writeSynced(target: string, content: Uint8Array | string): Promise<void> {
  const file = await open(target, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

const dayMs = 24 * 3600 * 1000;

/** Removes what killed writers left behind for this target, once nobody can be at work on it. */
async function sweep(target: string): Promise<void> {
  const folder = path.dirname(target);
  const prefix = `.tmp-${path.basename(target)}-`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{12}$/.test(name.slice(prefix.length))) continue;
    const stray = path.join(folder, name);
    const { mtimeMs } = await stat(stray).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > dayMs) await rm(stray, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}
