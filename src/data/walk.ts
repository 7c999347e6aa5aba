import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { PermafrostError, systemCode } from "../base/errors.ts";
import { compareCodePoints } from "./codePoints.ts";
import type { Skipped } from "./dataset.ts";

/** What lies directly in a folder; names in code point order. */
export interface Listing {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** Number of hidden entries. */
  readonly hidden: number;
  /** Symbolic links that lead nowhere, by absolute path. */
  readonly broken: readonly string[];
}

/** The files below a folder. */
export interface Walk {
  /** Absolute paths: folders in code point order of their path, files by name within each, as Keras lists them. */
  readonly files: readonly string[];
  readonly hidden: number;
  /** Links that were not followed: to nothing, or to a folder that is already part of the walk. */
  readonly skipped: readonly Skipped[];
}

/**
 * Lists a folder; symbolic links count as what they point to.
 *
 * @throws PermafrostError NOT_FOUND or NOT_READABLE with the path.
 */
export async function listFolder(folder: string): Promise<Listing> {
  const listing = { folders: [] as string[], files: [] as string[], hidden: 0, broken: [] as string[] };
  for (const entry of await readEntries(folder)) {
    if (isHidden(entry.name)) {
      listing.hidden++;
      continue;
    }
    const kind = entry.isSymbolicLink() ? await kindOfLink(path.join(folder, entry.name)) : kindOf(entry);
    if (kind === "folder") listing.folders.push(entry.name);
    else if (kind === "file") listing.files.push(entry.name);
    else if (kind === "broken") listing.broken.push(path.join(folder, entry.name));
  }
  listing.folders.sort(compareCodePoints);
  listing.files.sort(compareCodePoints);
  return listing;
}

/**
 * Lists all files below a folder, following symbolic links; every real folder is visited once, so loops end.
 *
 * @param taken - `folderIdentity` of folders that a link inside must not lead to: those around this one and other classes.
 * @throws PermafrostError NOT_FOUND or NOT_READABLE with the path of the folder that cannot be listed.
 */
export async function walkFiles(folder: string, taken: ReadonlySet<string> = new Set()): Promise<Walk> {
  const visited = new Set<string>();
  const byFolder: { folder: string; files: readonly string[] }[] = [];
  const skipped: Skipped[] = [];
  let hidden = 0;
  const visit = async (current: string): Promise<void> => {
    const identity = await folderIdentity(current);
    if (visited.has(identity) || (current !== folder && taken.has(identity))) {
      skipped.push({
        path: current,
        reason: "the same folder is already included by another path (symbolic link)",
      });
      return;
    }
    visited.add(identity);
    const listing = await listFolder(current);
    hidden += listing.hidden;
    for (const link of listing.broken)
      skipped.push({ path: link, reason: "a link to a file that does not exist" });
    byFolder.push({ folder: current, files: listing.files });
    for (const name of listing.folders) await visit(path.join(current, name));
  };
  await visit(folder);
  byFolder.sort((a, b) => compareCodePoints(a.folder, b.folder));
  return {
    files: byFolder.flatMap(({ folder: parent, files }) => files.map((name) => path.join(parent, name))),
    hidden,
    skipped,
  };
}

/** Names that systems hide, and the folder that macOS adds to its archives. */
function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "__MACOSX";
}

type Kind = "folder" | "file" | "broken" | "other";

function kindOf(entry: { isDirectory(): boolean; isFile(): boolean }): Kind {
  if (entry.isDirectory()) return "folder";
  return entry.isFile() ? "file" : "other";
}

/** A link that leads nowhere or in a circle of links is broken. */
async function kindOfLink(link: string): Promise<Kind> {
  try {
    return kindOf(await stat(link));
  } catch {
    return "broken";
  }
}

/** Device and inode: the same for every path that leads to one folder. */
export async function folderIdentity(folder: string): Promise<string> {
  try {
    const facts = await stat(folder, { bigint: true });
    return `${facts.dev}:${facts.ino}`;
  } catch (error) {
    throw explainReadError(error, folder);
  }
}

async function readEntries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw explainReadError(error, folder);
  }
}

/** Turns a failed look at a path into NOT_FOUND or NOT_READABLE; anything else is handed back as it is. */
export function explainReadError(error: unknown, target: string): unknown {
  const code = systemCode(error);
  const options = { cause: error, details: { path: target } };
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new PermafrostError("NOT_FOUND", `${target}: does not exist. Check the path.`, options);
  }
  if (code === "ELOOP") {
    const message = `${target}: its symbolic links lead in a circle. Point the link at a real folder or file.`;
    return new PermafrostError("NOT_FOUND", message, options);
  }
  if (code === "EACCES" || code === "EPERM") {
    const advice = "Give this user the right to read it, or leave it out of the data folder.";
    return new PermafrostError("NOT_READABLE", `${target}: no permission to read it. ${advice}`, options);
  }
  return error;
}
