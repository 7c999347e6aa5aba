import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { isImageName } from "../images/format.ts";
import { walkFiles } from "./walk.ts";

/** How many names a note shows. */
const shownNames = 5;

/**
 * A note on the images of a folder that its table has no row for: they are counted, since nobody sees that they are left out.
 *
 * @param listed - Absolute paths of the table's images.
 */
export async function unlistedImages(
  root: string,
  table: string,
  listed: readonly { readonly path: string }[],
): Promise<readonly string[]> {
  const name = path.basename(table);
  try {
    const { files } = await walkFiles(root);
    const known = new Set(listed.map(({ path: file }) => file));
    const images = files.filter(isImageName);
    const unlisted = images.filter((file) => !known.has(file));
    if (unlisted.length === 0) return [];
    const first = unlisted.slice(0, shownNames).map((file) => path.relative(root, file));
    const more = unlisted.length > first.length ? ` and ${unlisted.length - first.length} more` : "";
    return [
      `${name} has no row for ${unlisted.length} of the ${images.length} images in ${root}; they are not used: ${first.join(", ")}${more}`,
    ];
  } catch (error) {
    // The images that are listed may all lie elsewhere.
    if (!(error instanceof PermafrostError)) throw error;
    return [`images without a row in ${name} could not be counted: ${error.message}`];
  }
}
