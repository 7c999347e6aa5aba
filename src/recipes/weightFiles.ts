import path from "node:path";
import { type KnownWeights, knownWeights, weightsOfBase } from "../applications/knownWeights.ts";
import { PermafrostError, systemCode } from "../base/errors.ts";
import { fileDigests } from "../fetching/fileDigest.ts";
import { hubFile } from "../fetching/hub/hubFile.ts";
import { isHubReference } from "../fetching/hub/hubReference.ts";
import { checkFile, importFile, placeOf, publishedFile } from "../fetching/publishedFile.ts";
import { type FetchOptions, fetchSettings } from "../fetching/settings.ts";
import { type FileNote, type FolderFile, listFolder } from "../fetching/weightFolder.ts";

/** A file in the folder of weights. */
export interface WeightFileInfo extends FolderFile {
  /** The network that it is for, where it is one of the published files. */
  readonly base?: string;
  readonly includeTop?: boolean;
  readonly licence?: string;
}

export interface WeightListing {
  readonly folder: string;
  readonly files: readonly WeightFileInfo[];
}

/** What is in the folder of weights. */
export async function listWeights(options: FetchOptions = {}): Promise<WeightListing> {
  const { folder } = fetchSettings(options);
  const known = new Map(knownWeights().map((one) => [one.file, one]));
  const files = await listFolder(folder);
  return { folder, files: files.map((file) => ({ ...file, ...aboutOf(known.get(file.file)) })) };
}

function aboutOf(known: KnownWeights | undefined): Pick<WeightFileInfo, "base" | "includeTop" | "licence"> {
  if (known === undefined) return {};
  const { base, includeTop, licence } = known;
  return { base, includeTop, licence };
}

/** A file that was fetched, or was here already. */
export interface FetchedWeights {
  /** As it was asked for. */
  readonly name: string;
  readonly path: string;
  readonly bytes?: number;
  readonly sha256: string;
  readonly origin: string;
}

/**
 * Fetches the weights of a base, unless they are here; what Hugging Face has under a branch's name is asked for anew.
 *
 * @param name - A network of the list, or `hf:<owner>/<repository>[/<file>][@<revision>]`.
 * @param includeTop - With the classifier.
 * @throws PermafrostError as `weightsOfBase`, `publishedFile` and `hubFile`.
 */
export async function fetchWeights(
  name: string,
  includeTop: boolean,
  options: FetchOptions = {},
): Promise<FetchedWeights> {
  if (isHubReference(name)) {
    const { path: place, sha256, reference } = await hubFile(name, { ...options, refresh: true });
    return { name, path: place, sha256, origin: reference };
  }
  if (/[./\\]/.test(name)) throw alreadyHere(name);
  return { name, ...(await publishedFile(weightsOfBase(name, includeTop), options)) };
}

/** No network's name has a dot or a slash. */
function alreadyHere(file: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${file}: expected the name of a network or hf:<owner>/<repository>, got a file, which needs no fetching. Train with it by --base <network> --weights ${file}, or keep it as a published file by permafrost weights import.`,
    { details: { name: file } },
  );
}

/** A file that was taken in. */
export interface ImportedWeights extends FetchedWeights {
  /** Whether its publisher's digest says that it is the right file. */
  readonly isPinned: boolean;
}

/** How a file of the folder was found. */
export interface CheckedWeights {
  readonly file: string;
  readonly state: "right" | "damaged" | "not known";
  /** What it should have been. */
  readonly expected?: string;
  readonly sha256: string;
  readonly checkedBy?: FileNote["checkedBy"];
}

/** Holds every file of the folder against its digest: the publisher's, else that of its first use. */
export async function verifyWeights(options: FetchOptions = {}): Promise<readonly CheckedWeights[]> {
  const settings = fetchSettings(options);
  const known = new Map(knownWeights().map((one) => [one.file, one]));
  const files = await listFolder(settings.folder);
  const checked: CheckedWeights[] = [];
  for (const [index, { file, path: place }] of files.entries()) {
    const { found, note, problem } = await checkFile(place, known.get(file));
    const isChecked =
      note !== undefined || known.get(file)?.md5 !== undefined || known.get(file)?.sha256 !== undefined;
    const state = problem !== undefined ? "damaged" : isChecked ? "right" : "not known";
    checked.push({
      file,
      state,
      sha256: found.sha256,
      ...(problem === undefined ? {} : { expected: problem }),
      ...(note === undefined ? {} : { checkedBy: note.checkedBy }),
    });
    settings.onProgress?.({ phase: "verify", done: index + 1, total: files.length, unit: "files" });
  }
  return checked;
}

/** Where a network's weights lie, or would. */
export function weightPath(name: string, includeTop: boolean, options: FetchOptions = {}): string {
  return placeOf(weightsOfBase(name, includeTop), fetchSettings(options));
}

/**
 * Takes a file that came by other means into the folder of weights. Which one it is shows in its digest; of files whose authors publish
 * none, in its name or in `base`.
 *
 * @throws PermafrostError NOT_FOUND; INVALID_ARGUMENT when it is none of the published files; DIGEST_MISMATCH when it has the name of one
 *   and another content.
 */
export async function importWeights(
  source: string,
  {
    base,
    includeTop = false,
    ...options
  }: FetchOptions & { readonly base?: string; readonly includeTop?: boolean } = {},
): Promise<ImportedWeights> {
  const known = base === undefined ? await recognize(source) : weightsOfBase(base, includeTop);
  const isPinned = known.md5 !== undefined || known.sha256 !== undefined;
  return { name: known.base, isPinned, ...(await importFile(source, known, options)) };
}

async function recognize(source: string): Promise<KnownWeights> {
  const all = knownWeights();
  const found = await fileDigests(source, "md5").catch((error: unknown) => {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new PermafrostError("NOT_FOUND", `${source}: there is no such file. Check the path.`, {
      cause: error,
    });
  });
  const same = all.find(({ md5, sha256 }) =>
    sha256 === undefined ? md5 === found.named?.value : sha256 === found.sha256,
  );
  const known = same ?? all.find(({ file }) => file === path.basename(source));
  if (known !== undefined) return known;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${source} (${found.bytes} bytes, SHA-256 ${found.sha256}) is none of the published files of weights. ` +
      `Weights of your own need no import: --base <name> --weights ${source}. If it is a published one, name its network: --base <name>.`,
    { details: { path: source, sha256: found.sha256 } },
  );
}
