import { stat } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import type { Dataset } from "./dataset.ts";
import { openFolder } from "./folder.ts";
import { isManifestName, openManifest } from "./manifest.ts";
import { datasetProblems, quote, wantedLayout } from "./problems.ts";
import { explainReadError } from "./walk.ts";

export interface OpenOptions {
  /**
   * The classes of an existing model in its order: labels index into them, classes may be absent from the data, and a
   * class that is not among them is an error. Without it the classes are those found, in code point order.
   */
  readonly classNames?: readonly string[];
  /** Accept what `datasetProblems` names (default false); a scan reports it instead. */
  readonly allowProblems?: boolean;
}

/**
 * Lists the labelled images of a folder of class folders, a folder of splits, or a CSV or JSON-lines manifest.
 * Only names are looked at; `digestSamples` opens the files.
 *
 * @throws PermafrostError NOT_FOUND, NOT_READABLE, DATA_EMPTY, DATA_INVALID, CLASS_MISMATCH or MANIFEST_INVALID, each with
 *   the path, what was expected and what was found.
 */
export async function openDataset(folderOrManifest: string, options: OpenOptions = {}): Promise<Dataset> {
  const target = path.resolve(folderOrManifest);
  const dataset = (await isFolder(target)) ? await openFolder(target) : await openFile(target);
  if (options.classNames !== undefined) return withClassNames(dataset, options.classNames);
  const [problem] = options.allowProblems ? [] : datasetProblems(dataset);
  if (problem !== undefined) throw problem;
  return dataset;
}

async function isFolder(target: string): Promise<boolean> {
  try {
    return (await stat(target)).isDirectory();
  } catch (error) {
    throw explainReadError(error, target);
  }
}

async function openFile(file: string): Promise<Dataset> {
  if (isManifestName(file)) return await openManifest(file);
  throw new PermafrostError(
    "DATA_INVALID",
    `${file}: expected a folder or a manifest (.csv, .jsonl), found another file. Give the folder that holds the class folders.\n${wantedLayout}`,
    { details: { path: file } },
  );
}

/** Gives the samples the labels of a model's classes. */
function withClassNames(dataset: Dataset, classNames: readonly string[]): Dataset {
  const labels = new Map(classNames.map((name, label) => [name, label]));
  const unknown = dataset.classNames.filter((name) => !labels.has(name));
  if (unknown.length > 0) {
    throw new PermafrostError(
      "CLASS_MISMATCH",
      `${dataset.root}: ${unknown.map(quote).join(", ")} ${unknown.length === 1 ? "is no class" : "are no classes"} of the model, ` +
        `which has ${classNames.map(quote).join(", ")}. Rename the class folders (labels) or leave them out.`,
      { details: { path: dataset.root, unknown, classNames } },
    );
  }
  if (dataset.samples.length === 0) {
    const message = `${dataset.root}: no image file in any class folder. Add images to the class folders.`;
    throw new PermafrostError("DATA_EMPTY", message, { details: { path: dataset.root } });
  }
  const samples = dataset.samples.map((sample) => ({ ...sample, label: labels.get(sample.className)! }));
  return { ...dataset, classNames, samples };
}
