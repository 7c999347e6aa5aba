import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { Digest } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import { openWeights } from "../../formats/openWeights.ts";
import { download } from "../download.ts";
import { fileDigests } from "../fileDigest.ts";
import { type FetchOptions, type FetchSettings, fetchSettings } from "../settings.ts";
import { HubCache } from "./hubCache.ts";
import { type HubReference, isSafeName, parseHubReference, showHubReference } from "./hubReference.ts";
import { authorization, fileFacts, type HubContext, listRepository } from "./hubRequests.ts";
import { type HubSettings, hubSettings } from "./hubSettings.ts";
import { companionsOf, describingFiles, modelFileOf, refusePickle, shardsOf } from "./modelFile.ts";

/** A file of Hugging Face on this machine. */
export interface HubFile {
  /** In the cache's folder of the commit, with its own name; files that it names lie beside it. */
  readonly path: string;
  readonly sha256: Digest;
  /** `hf:owner/repository/file@commit`: names this very content for ever. */
  readonly reference: string;
  /** Paths of `preprocessor_config.json` and `config.json`, where the repository has them: beside the file, else at its top. */
  readonly describing: Readonly<Partial<Record<(typeof describingFiles)[number], string>>>;
}

/** An index that names shards is small. */
const mostIndexBytes = 64 * 2 ** 20;

/**
 * The file that a reference means: from the cache that Python's tools use too, else fetched into it with the files that belong to
 * it. A branch that was fetched once is not asked for again; `refresh` does.
 *
 * @param text - `hf:<owner>/<repository>[/<file>][@<revision>]`. Without a file: the repository's model.
 * @throws PermafrostError INVALID_ARGUMENT for the reference or where the model is not clear; OFFLINE, NOT_FOUND, FETCH_FAILED,
 *   DIGEST_MISMATCH, DISK_FULL, INTERRUPTED; FORMAT_UNKNOWN for a pickle that is not here yet.
 */
export async function hubFile(
  text: string,
  options: FetchOptions & { readonly refresh?: boolean } = {},
): Promise<HubFile> {
  const reference = parseHubReference(text);
  const settings = fetchSettings(options);
  const hub = await hubSettings(settings.environment);
  const cache = new HubCache(hub.cache, reference.repository);
  const known =
    options.refresh === true && settings.offline === undefined
      ? undefined
      : await cached({ reference, settings, hub, cache });
  return known ?? (await fetched({ reference, settings, hub, cache }));
}

async function cached({ reference, settings, cache }: Fetching): Promise<HubFile | undefined> {
  const commit = await cache.commitOf(reference.revision);
  if (commit === undefined) return undefined;
  const files = await cache.filesOf(commit);
  const known = reference.file ?? (await cache.modelOf(commit));
  const file = known ?? (settings.offline === undefined ? undefined : modelIn(reference.repository, files));
  if (file === undefined || !files.includes(file)) return undefined;
  const place = await cache.find(commit, file);
  if (place === undefined || !(await isWhole(place, file, files))) return undefined;
  return describedFile({ reference: { ...reference, file }, cache, commit });
}

/** Of those that are here, where nobody can be asked for the others. */
function modelIn(repository: string, files: readonly string[]): string | undefined {
  try {
    return modelFileOf(repository, files);
  } catch {
    return undefined;
  }
}

async function isWhole(place: string, file: string, files: readonly string[]): Promise<boolean> {
  return (await shardsIn(place, file)).every((name) => files.includes(name));
}

async function shardsIn(place: string, file: string): Promise<readonly string[]> {
  if (file.endsWith(".onnx")) return externalDataOf(place, file);
  if (!file.endsWith(".json") || (await stat(place)).size > mostIndexBytes) return [];
  const shards = shardsOf(file, await readFile(place, "utf8"));
  if (shards.every((name) => name.split("/").every(isSafeName))) return shards;
  throw new PermafrostError("WEIGHTS_INVALID", `${place}: it names files outside of its repository.`);
}

/** Files of an ONNX model's weights that are not beside it yet, whatever they are called. One that is no such model is told of by who opens it. */
async function externalDataOf(place: string, file: string): Promise<readonly string[]> {
  try {
    const weights = await openWeights(place);
    const names = new Set([...weights.tensors.values()].flatMap(({ missing }) => missing ?? []));
    await weights.close();
    return [...names]
      .filter((name) => name.split("/").every(isSafeName))
      .map((name) => path.posix.join(path.posix.dirname(file), name));
  } catch (error) {
    if (error instanceof PermafrostError) return [];
    throw error;
  }
}

interface Fetching {
  readonly reference: HubReference;
  readonly settings: FetchSettings;
  readonly hub: HubSettings;
  readonly cache: HubCache;
}

async function fetched({ reference, settings, hub, cache }: Fetching): Promise<HubFile> {
  const { repository, revision } = reference;
  if (reference.file !== undefined) refusePickle(repository, reference.file);
  if (settings.offline !== undefined) throw offline(reference, cache, settings.offline);
  const listing = await listRepository({ hub, settings, repository, revision });
  const { commit, files } = listing;
  const file = reference.file ?? modelFileOf(repository, files);
  if (!files.includes(file)) throw notThere(reference, files);
  const context = { hub, settings, repository, revision: commit, cache };
  const described = describingFiles.flatMap((name) => [name, sibling(file, name)]);
  const beside = new Set([...companionsOf(file, files), ...described.filter((name) => files.includes(name))]);
  // The file itself comes last: where it is, what belongs to it is too. Shards are known only then, and looked for each time.
  for (const name of beside) await fetchOne(context, name);
  const place = await fetchOne(context, file);
  for (const name of await shardsIn(place, file)) await fetchOne(context, name);
  await cache.noteCommit(revision, commit);
  if (reference.file === undefined) await cache.noteModel(commit, file);
  return describedFile({ reference: { ...reference, file }, cache, commit });
}

/** Fetches one file into the cache, unless its content is there. */
async function fetchOne(context: HubContext & { readonly cache: HubCache }, file: string): Promise<string> {
  const { hub, settings, repository, revision: commit, cache } = context;
  const there = await cache.find(commit, file);
  if (there !== undefined) return there;
  const facts = await fileFacts(context, file);
  if (facts === undefined) throw notThere({ repository, file, revision: commit }, []);
  const reference = showHubReference({ repository, file, revision: commit });
  await download(
    {
      ...facts,
      name: reference,
      headers: authorization(hub),
      target: cache.blob(facts.etag),
      byHand: `By hand: get ${facts.url.href} and give the path of the file in place of ${reference}.`,
    },
    settings,
  );
  return cache.link(commit, file, facts.etag);
}

function sibling(file: string, name: string): string {
  return [...file.split("/").slice(0, -1), name].join("/");
}

async function describedFile({
  reference,
  cache,
  commit,
}: {
  readonly reference: HubReference & { readonly file: string };
  readonly cache: HubCache;
  readonly commit: string;
}): Promise<HubFile> {
  const { file, repository } = reference;
  const place = (await cache.find(commit, file))!;
  const describing: Partial<Record<(typeof describingFiles)[number], string>> = {};
  for (const name of describingFiles) {
    const found = (await cache.find(commit, sibling(file, name))) ?? (await cache.find(commit, name));
    if (found !== undefined) describing[name] = found;
  }
  const sha256 = await checked(place);
  return {
    path: place,
    sha256,
    reference: showHubReference({ repository, file, revision: commit }),
    describing,
  };
}

/** Contents have their digests as names, also where Python's tools have put them there. */
async function checked(place: string): Promise<Digest> {
  const name = (await realpath(place)).split(/[\\/]/).at(-1)!;
  const algorithm = /^[0-9a-f]{64}$/.test(name) ? "sha256" : /^[0-9a-f]{40}$/.test(name) ? "git" : undefined;
  const { sha256, named, bytes } = await fileDigests(place, algorithm);
  if (algorithm === undefined || named?.value === name) return sha256;
  throw new PermafrostError(
    "DIGEST_MISMATCH",
    `${place}: its content (${bytes} bytes, digest ${named?.value}) is not the one that its name in the cache says. Remove it, and it is fetched again.`,
    { details: { path: place, expected: name, found: named?.value } },
  );
}

function offline(reference: HubReference, cache: HubCache, reason: string): PermafrostError {
  const shown = showHubReference(reference);
  return new PermafrostError(
    "OFFLINE",
    `${shown} is not in ${cache.folder}, and it is not fetched: ${reason}. Where there is a network, run: permafrost weights fetch ${shown}. ` +
      "Or get the file by other means and give its path.",
    { details: { reference: shown, path: cache.folder } },
  );
}

function notThere(reference: HubReference, files: readonly string[]): PermafrostError {
  const models = files
    .filter((name) => /\.(onnx|h5|keras|safetensors)$|(^|\/)model\.json$/.test(name))
    .slice(0, 6);
  return new PermafrostError(
    "NOT_FOUND",
    `${showHubReference(reference)}: the repository has no such file.${models.length === 0 ? "" : ` It has ${models.join(", ")}.`}`,
    { details: { files: models } },
  );
}
