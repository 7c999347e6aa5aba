import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { type Split, splits } from "./dataset.ts";
import { quote, wantedLayout } from "./problems.ts";
import { type Listing, listFolder } from "./walk.ts";

/** Folder names, in lower case, that stand for a split. */
const splitOfFolder: ReadonlyMap<string, Split> = new Map([
  ["train", "train"],
  ["validation", "validation"],
  ["val", "validation"],
  ["valid", "validation"],
  ["test", "test"],
]);

/** The split that a folder name or a manifest's word stands for, in any case. */
export function splitNamed(name: string): Split | undefined {
  return splitOfFolder.get(name.toLowerCase());
}

/** A folder that holds the class folders of one split. */
export interface SplitFolder {
  readonly folder: string;
  readonly split: Split;
  readonly listing: Listing;
}

/**
 * The split folders below a root in the order train, validation, test, or undefined where the folders are classes.
 *
 * Folders are splits when every one of them has a split's name and one holds folders itself. A class may therefore be
 * called "train" as long as another class is not.
 *
 * @throws PermafrostError DATA_INVALID when one split has two folders, or when splits and other folders are mixed.
 */
export async function findSplitFolders(
  root: string,
  folders: readonly string[],
): Promise<readonly SplitFolder[] | undefined> {
  const found: SplitFolder[] = [];
  for (const name of folders) {
    const split = splitNamed(name);
    if (split === undefined) continue;
    const folder = path.join(root, name);
    found.push({ folder, split, listing: await listFolder(folder) });
  }
  const others = folders.filter((name) => splitNamed(name) === undefined);
  const hasClasses = found.some(({ listing }) => listing.folders.length > 0);
  if (found.length === 0 || (others.length > 0 && (found.length === 1 || !hasClasses))) return undefined;
  refuseMixture(root, found, others);
  return splits.flatMap((split) => found.filter((candidate) => candidate.split === split));
}

function refuseMixture(root: string, found: readonly SplitFolder[], others: readonly string[]): void {
  const names = found.map(({ folder }) => path.basename(folder));
  if (others.length > 0) {
    throw new PermafrostError(
      "DATA_INVALID",
      `${root}: ${list(names)} look like splits, but ${list(others)} ${others.length === 1 ? "is" : "are"} beside them. ` +
        "Move the other folders away, or rename the splits if they are classes.",
      { details: { path: root, splits: names, others } },
    );
  }
  const twice = found.find(({ split }, index) => found.findIndex((other) => other.split === split) !== index);
  if (twice) {
    const same = found
      .filter(({ split }) => split === twice.split)
      .map(({ folder }) => path.basename(folder));
    throw new PermafrostError(
      "DATA_INVALID",
      `${root}: ${list(same)} both stand for the split ${twice.split}. Merge them into one folder.`,
      { details: { path: root, folders: same } },
    );
  }
}

/**
 * Sees to it that a folder holds class folders (or split folders).
 *
 * @throws PermafrostError DATA_EMPTY when nothing is in it; DATA_INVALID with the tree found and the tree wanted.
 */
export function requireClassFolders(root: string, folder: string, listing: Listing): void {
  const { folders, files, hidden } = listing;
  if (folders.length > 0) return;
  const details = { path: folder, files: files.length, hidden };
  if (files.length === 0) {
    const state = hidden === 0 ? "is empty" : `has only hidden entries (${hidden})`;
    throw new PermafrostError("DATA_EMPTY", `${folder}: the folder ${state}.\n${wantedLayout}`, { details });
  }
  const list = files.find((name) => /\.(csv|jsonl|ndjson)$/i.test(name));
  const hint =
    list === undefined ? "" : `\nIf ${list} lists the images, give its path instead of the folder's.`;
  throw new PermafrostError(
    "DATA_INVALID",
    `${folder}: no class folders in it, so the ${files.length} files there have no label. Found:\n` +
      `${tree(path.relative(path.dirname(root), folder), files)}\n${wantedLayout}${hint}`,
    { details },
  );
}

function tree(name: string, files: readonly string[]): string {
  const shown = files.slice(0, 3).map((file) => `    ${file}`);
  const more = files.length > shown.length ? [`    ... and ${files.length - shown.length} more`] : [];
  return [`  ${name}/`, ...shown, ...more].join("\n");
}

function list(names: readonly string[]): string {
  return names.map(quote).join(", ");
}
