import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { messageOf, PermafrostError, systemCode } from "../base/errors.ts";

/** Which files and folders count. */
export interface ListingRules {
  /** Endings of file names in lower case, with or without a dot, as the version of Keras compares them. */
  readonly endings: readonly string[];
  /** Whether folders whose name begins with a dot are classes. */
  readonly hiddenClasses: boolean;
  readonly followLinks: boolean;
}

/** The class folders of a directory in code point order, Keras's order of labels. */
export function listClasses(directory: string, rules: Pick<ListingRules, "hiddenClasses">): string[] {
  return readEntries(directory)
    .filter((entry) => isFolder(directory, entry))
    .map((entry) => entry.name)
    .filter((name) => rules.hiddenClasses || !name.startsWith("."))
    .sort(byCodePoint);
}

/** All image files of one class: folders in code point order of their path, files by name within each. */
export function listClassFiles(directory: string, className: string, rules: ListingRules): string[] {
  const folders: { readonly folder: string; readonly files: readonly string[] }[] = [];
  const visited = new Set<string>();
  const visit = (folder: string): void => {
    // A link back to a folder above would never end.
    const real = rules.followLinks ? realpathSync(path.join(directory, folder)) : folder;
    if (visited.has(real)) return;
    visited.add(real);
    const files: string[] = [];
    for (const entry of readEntries(path.join(directory, folder))) {
      const name = path.join(folder, entry.name);
      if (!isFolder(path.join(directory, folder), entry)) files.push(entry.name);
      else if (rules.followLinks || !entry.isSymbolicLink()) visit(name);
    }
    folders.push({ folder, files });
  };
  visit(className);
  folders.sort((a, b) => byCodePoint(a.folder, b.folder));
  return folders.flatMap(({ folder, files }) =>
    files
      .filter((name) => rules.endings.some((ending) => name.toLowerCase().endsWith(ending)))
      .sort(byCodePoint)
      .map((name) => path.join(folder, name)),
  );
}

/** Python's order of strings; UTF-8 keeps it. */
export function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A link counts as what it points to. */
function isFolder(parent: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return statSync(path.join(parent, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readEntries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    const code = systemCode(cause);
    const isMissing = code === "ENOENT" || code === "ENOTDIR";
    const found = isMissing ? "no such folder" : messageOf(cause);
    throw new PermafrostError(
      isMissing ? "NOT_FOUND" : "NOT_READABLE",
      `${folder}: expected a folder with one folder of images a class, found ${found}. Check the path.`,
      { cause, details: { path: folder } },
    );
  }
}
