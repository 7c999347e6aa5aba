import { access, constants, readdir, readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { sha256 } from "../base/digest.ts";
import { messageOf, PermafrostError, systemCode } from "../base/errors.ts";
import { encodeSafetensors } from "../tensor/safetensors.ts";
import type { BundleContents, NamedWeight } from "./bundleContents.ts";
import { type FileContent, replaceFolder, restoreFolder } from "./folderSwap.ts";
import { isPlainFileName, manifestName, manifestText, parseManifest } from "./manifest.ts";

export const headName = "head.safetensors";
export const baseName = "base.safetensors";
export const baseModelName = "base.onnx";

/** What file managers put into any folder they show. */
const litter = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]);

export interface SaveOptions {
  /** Further files that belong to the bundle, such as the report; replaced and moved with it. */
  readonly attachments?: readonly FileContent[];
}

/**
 * Writes a classifier as a folder: `permafrost.json`, `head.safetensors`, where embedded `base.safetensors`, of a base that is an ONNX model `base.onnx`, and attachments.
 * A reader finds the old bundle or the whole new one, whenever the program or the machine stops.
 *
 * @throws PermafrostError OUTPUT_EXISTS when the folder exists and is not a bundle with nothing else in it; it stays as it is.
 *   DISK_FULL when there is no room; an old bundle stays as it is.
 */
export async function saveBundle(
  folder: string,
  contents: BundleContents<object>,
  options: SaveOptions = {},
): Promise<void> {
  const target = await realpath(folder).catch(() => path.resolve(folder));
  await restoreFolder(target);
  await checkReplaceable(folder);
  await replaceFolder(target, bundleFiles(contents, options.attachments ?? []));
}

/**
 * Whether `saveBundle` may write here; call it before long work.
 *
 * @throws PermafrostError OUTPUT_EXISTS that says what is in the way; NOT_WRITABLE.
 */
export async function checkReplaceable(folder: string): Promise<void> {
  await checkParentWritable(folder);
  const names = (await listOutput(folder)).filter((name) => !litter.has(name));
  if (names.length === 0) return;
  if (!names.includes(manifestName)) throw outputExists(folder, "is not a bundle", names);
  const where = path.join(folder, manifestName);
  let known: Set<string>;
  try {
    known = new Set([manifestName, ...Object.keys(parseManifest(await readFile(where), where).files)]);
  } catch (error) {
    throw outputExists(folder, `holds a bundle that cannot be read (${messageOf(error)})`, names, error);
  }
  const others = names.filter((name) => !known.has(name));
  if (others.length > 0) throw outputExists(folder, "holds files that permafrost has not written", others);
}

/** Looks at the permissions only: nothing is made before there is something to save. */
async function checkParentWritable(folder: string): Promise<void> {
  let parent = path.dirname(await realpath(folder).catch(() => path.resolve(folder)));
  for (;;) {
    try {
      return await access(parent, constants.W_OK);
    } catch (error) {
      const isMissing = systemCode(error) === "ENOENT" && parent !== path.dirname(parent);
      if (!isMissing) {
        throw new PermafrostError(
          "NOT_WRITABLE",
          `${folder}: no permission to write in ${parent} (${systemCode(error) ?? messageOf(error)}). Choose another folder or change its permissions.`,
          { details: { path: folder, parent }, cause: error },
        );
      }
      parent = path.dirname(parent);
    }
  }
}

async function listOutput(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw outputExists(folder, "is a file, not a folder", []);
    throw error;
  }
}

function outputExists(
  folder: string,
  what: string,
  names: readonly string[],
  cause?: unknown,
): PermafrostError {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name));
  const list =
    shown.length === 0
      ? ""
      : `: ${shown.join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
  return new PermafrostError(
    "OUTPUT_EXISTS",
    `${folder}: exists already and ${what}${list}. Nothing was changed; choose another folder or move this one away.`,
    { details: { path: folder, names }, cause },
  );
}

function bundleFiles(contents: BundleContents<object>, attachments: readonly FileContent[]): FileContent[] {
  const { head, embeddedBase, baseModel, ...rest } = contents;
  const files: FileContent[] = [{ name: headName, content: weightsFile(head.weights) }];
  if (embeddedBase !== undefined) files.push({ name: baseName, content: weightsFile(embeddedBase) });
  if (baseModel !== undefined) files.push({ name: baseModelName, content: baseModel });
  for (const attachment of attachments) {
    if (!isPlainFileName(attachment.name) || files.some(({ name }) => name === attachment.name)) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `bundle: expected a new plain file name for an attachment, got ${JSON.stringify(attachment.name)}.`,
      );
    }
    files.push(attachment);
  }
  const records = Object.fromEntries(
    files.map(({ name, content }) => [name, { bytes: Buffer.byteLength(content), sha256: sha256(content) }]),
  );
  const manifest = manifestText({ ...rest, head: { layers: head.layers }, files: records });
  return [...files, { name: manifestName, content: manifest }];
}

function weightsFile(weights: readonly NamedWeight[]): Uint8Array {
  return encodeSafetensors(weights, { format: "permafrost" });
}
