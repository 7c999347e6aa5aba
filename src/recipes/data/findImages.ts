import { stat } from "node:fs/promises";
import { glob } from "tinyglobby";
import { PermafrostError } from "../../base/errors.ts";
import { compareCodePoints } from "../../data/codePoints.ts";
import { walkFiles } from "../../data/walk.ts";
import { isImageName } from "../../images/format.ts";

/**
 * Image files named by files, folders (searched through) and globs, each once, in the order given; inside a folder or
 * glob by code point.
 *
 * @throws PermafrostError NOT_FOUND naming what matches nothing.
 */
export async function findImages(names: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const name of names) {
    const files = await filesOf(name);
    if (files.length === 0) {
      throw new PermafrostError(
        "NOT_FOUND",
        `${name}: expected an image file, a folder with images or a glob that matches some, found nothing. Check the path.`,
        { details: { path: name } },
      );
    }
    for (const file of files) found.add(file);
  }
  return [...found];
}

async function filesOf(name: string): Promise<readonly string[]> {
  const facts = await stat(name).catch(() => undefined);
  if (facts?.isFile()) return [name];
  // The walk visits every real folder once, so links that lead back end.
  const files = facts?.isDirectory()
    ? (await walkFiles(name)).files
    : await glob(name.replaceAll("\\", "/"), { expandDirectories: false });
  return files.filter(isImageName).sort(compareCodePoints);
}
