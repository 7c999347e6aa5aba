import path from "node:path";
import { isImageName } from "../images/format.ts";
import { compareCodePoints } from "./codePoints.ts";
import type { Dataset, Sample, Skipped, Split } from "./dataset.ts";
import { findSplitFolders, requireClassFolders } from "./layout.ts";
import { folderIdentity, type Listing, listFolder, walkFiles } from "./walk.ts";

/**
 * Reads `root/class/**` or `root/{train,validation|val|valid,test}/class/**`. Classes and files come in the order of
 * Keras's flow_from_directory (code points; per class by folder, then by file name).
 *
 * @throws PermafrostError NOT_FOUND, NOT_READABLE; DATA_EMPTY for a folder without entries; DATA_INVALID where no class
 *   folders can be made out.
 */
export async function openFolder(root: string): Promise<Dataset> {
  const listing = await listFolder(root);
  requireClassFolders(root, root, listing);
  const splitFolders = await findSplitFolders(root, listing.folders);
  const found = new Collected(root);
  if (splitFolders !== undefined) found.addStrays(root, listing);
  const parents = splitFolders ?? [{ folder: root, split: undefined, listing }];
  for (const { folder, split, listing: inside } of parents) {
    requireClassFolders(root, folder, inside);
    found.addStrays(folder, inside);
    for (const className of inside.folders) {
      found.addClass({ folder: path.join(folder, className), className, split });
    }
  }
  await found.listFiles();
  return found.dataset(splitFolders === undefined ? "classes" : "splits");
}

/** A folder whose images have one label. */
interface ClassFolder {
  readonly folder: string;
  readonly className: string;
  readonly split: Split | undefined;
}

/** What has been found so far below the root. */
class Collected {
  readonly #root: string;
  readonly #files: { path: string; className: string; split: Split | undefined }[] = [];
  readonly #classFolders: ClassFolder[] = [];
  readonly #skipped: Skipped[] = [];
  readonly #notImages: string[] = [];
  #hidden = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** Counts what lies in a folder that holds class folders or split folders, beside them. */
  addStrays(folder: string, listing: Listing): void {
    this.#hidden += listing.hidden;
    for (const link of listing.broken) {
      this.#skipped.push({ path: link, reason: "a link to a file that does not exist" });
    }
    for (const name of listing.files) {
      const file = path.join(folder, name);
      if (!isImageName(name)) this.#notImages.push(this.#name(file));
      else this.#skipped.push({ path: file, reason: "lies beside the class folders, so it has no label" });
    }
  }

  addClass(folder: ClassFolder): void {
    this.#classFolders.push(folder);
  }

  /** Lists the files of all classes; a link from one class into another would give its images a second label. */
  async listFiles(): Promise<void> {
    const taken = new Set([await folderIdentity(this.#root)]);
    for (const { folder } of this.#classFolders) {
      taken.add(await folderIdentity(folder)).add(await folderIdentity(path.dirname(folder)));
    }
    for (const { folder, className, split } of this.#classFolders) {
      const walk = await walkFiles(folder, taken);
      this.#hidden += walk.hidden;
      this.#skipped.push(...walk.skipped);
      for (const file of walk.files) {
        if (isImageName(file)) this.#files.push({ path: file, className, split });
        else this.#notImages.push(this.#name(file));
      }
    }
  }

  dataset(layout: Dataset["layout"]): Dataset {
    const classNames = [...new Set(this.#classFolders.map(({ className }) => className))].sort(
      compareCodePoints,
    );
    const labels = new Map(classNames.map((name, label) => [name, label]));
    const samples = this.#files.map(
      ({ path: file, className, split }): Sample => ({
        path: file,
        name: this.#name(file),
        label: labels.get(className)!,
        className,
        ...(split && { split }),
        weight: 1,
      }),
    );
    const ignored = { hidden: this.#hidden, notImages: this.#notImages };
    return { root: this.#root, layout, classNames, samples, skipped: this.#skipped, ignored, notes: [] };
  }

  #name(file: string): string {
    // Thousands of files: `path.relative` takes ten times as long, and is needed for no usual path.
    const start = `${this.#root}${path.sep}`;
    const name = file.startsWith(start) ? file.slice(start.length) : path.relative(this.#root, file);
    return name.split(path.sep).join("/");
  }
}
