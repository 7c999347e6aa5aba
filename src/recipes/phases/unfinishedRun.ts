import { mkdir, readdir, readFile, rmdir, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { canonicalJson, type Digest, digestOf } from "../../base/digest.ts";
import { PermafrostError, systemCode } from "../../base/errors.ts";
import { explainWriteError, removeFolder, writeFileAtomic } from "../../base/files.ts";
import { packageVersion } from "../../base/version.ts";
import { BackupAndRestore, checkpointName } from "../../training/callbacks/backupAndRestore.ts";
import type { Callback } from "../../training/callbacks/callback.ts";
import { type Checkpoint, checkpointFormat } from "../../training/callbacks/checkpoint.ts";
import { orderedDataDigest, type PreparedData } from "../data/prepareData.ts";
import type { TrainingPhase } from "../request/trainingPhases.ts";

const formats = { train: "permafrost run 1", pretrain: "permafrost pretraining 1" } as const;
const recordName = "run.json";
/** Folder of the checkpoint of a later phase: the prefix, then the epoch that the phase begins with. */
const phasePrefix = "from-epoch-";

/** In an epoch that is longer than this, checkpoints are written in its middle too. */
const checkpointSeconds = 30;

/** Checkpoints may take a twentieth of the time: epochs on stored features are short, and redoing one gives the same bits. */
const checkpointShare = 0.05;

/** What a run's bits depend on. A run is gone on with only when all of it is the same. */
interface RunParts {
  /** Of the request: all but places and the text of the command. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Content, label, split and weight of each image, in their order. */
  readonly data: Digest;
  readonly base: Digest;
  readonly numericsClass: string;
  /** Of a training step: sums of gradients may be split among them. */
  readonly threads: number;
  readonly permafrost: string;
  /** How checkpoints hold weights; left out by runs before format 3. */
  readonly checkpoint?: string;
}

/** The command that a run belongs to. */
export type RunKind = keyof typeof formats;

/** What the runs of all commands are asked. */
export interface RunRequest {
  readonly data: string;
  readonly out: string;
  readonly store: string;
  readonly embedBase?: boolean;
  readonly weights?: string;
  readonly offline?: boolean;
  readonly mirror?: string;
  readonly commandLine: string;
  readonly resume?: boolean;
}

/** run.json: what was asked for, so that `--resume` can ask for it again. */
interface RunRecord<Request extends RunRequest = RunRequest> {
  readonly format: string;
  readonly request: Request;
  readonly parts: RunParts;
}

/** The folder beside a bundle in which its training keeps what it needs to be taken up again. */
export function runFolder(out: string): string {
  return `${path.resolve(out)}.run`;
}

export interface RunContext {
  /** Default "train". */
  readonly kind?: RunKind;
  /** Names of further files in the run's folder that go when it is finished. */
  readonly files?: readonly string[];
  readonly data: PreparedData;
  /** Digest of the base network's weights. */
  readonly base: Digest;
  readonly numericsClass: string;
  /** Told why an unfinished run is not gone on with. */
  readonly warn: (text: string) => void;
}

/** A training under way, known on disk until it is finished. */
export class UnfinishedRun {
  readonly #folder: string;
  readonly #files: readonly string[];
  readonly #digest: Digest;
  readonly #warn: (text: string) => void;
  /** The outermost folder that was made for the run; it goes again when nothing comes of it. */
  readonly #made: string | undefined;

  private constructor(
    folder: string,
    digest: Digest,
    { warn, files = [] }: Pick<RunContext, "warn" | "files">,
    made: string | undefined,
  ) {
    this.#folder = folder;
    this.#files = files;
    this.#made = made;
    this.#digest = digest;
    this.#warn = warn;
  }

  /**
   * Notes a run beside its bundle. A checkpoint of the same run stays; any other is removed, saying why.
   *
   * @throws PermafrostError OUTPUT_EXISTS when the folder's run.json is not ours.
   */
  static async open(request: RunRequest, context: RunContext): Promise<UnfinishedRun> {
    const folder = runFolder(request.out);
    const parts = runParts(request, context);
    const earlier = await readRecord(folder);
    const format = formats[context.kind ?? "train"];
    const changes = earlier === undefined ? [] : changesSince(earlier, { format, parts });
    if (request.resume === false || changes.length > 0) {
      if (changes.length > 0 && request.resume !== false) context.warn(startsAnew(folder, changes));
      await removeCheckpoints(folder);
    }
    const record: RunRecord = { format, request: withFullPaths(request), parts };
    const made = await makeFolder(folder);
    await writeFileAtomic(path.join(folder, recordName), `${JSON.stringify(record, undefined, 2)}\n`);
    return new UnfinishedRun(folder, digestOf(parts), context, made);
  }

  /**
   * The callback that saves and restores a phase of the training. Checkpoints of earlier phases stay: they lead to the weights
   * that a phase begins with.
   *
   * @param data - The images that can be read.
   */
  backup(
    data: PreparedData,
    { firstEpoch }: Pick<TrainingPhase, "firstEpoch">,
    onRestored: (checkpoint: Checkpoint) => void,
  ): Callback {
    const phase = firstEpoch === 0 ? [] : [`${phasePrefix}${firstEpoch}`];
    return new BackupAndRestore({
      backupDir: path.join(this.#folder, ...phase),
      deleteCheckpoint: false,
      saveFreq: { seconds: checkpointSeconds },
      timeShare: checkpointShare,
      run: digestOf([this.#digest, orderedDataDigest(data), ...phase]),
      onRestored,
      onWarning: this.#warn,
    });
  }

  /** First epoch of the latest phase that has a checkpoint; 0 where there is none. */
  async latestPhase(): Promise<number> {
    const epochs = [0];
    for (const name of await phaseFolders(this.#folder)) {
      if (!(await exists(path.join(this.#folder, name, checkpointName)))) continue;
      epochs.push(Number(name.slice(phasePrefix.length)));
    }
    return Math.max(...epochs);
  }

  /** After a failure: keeps what can be gone on with, which a loss that is no number cannot. */
  async endWith(error: unknown): Promise<void> {
    const code = error instanceof PermafrostError ? error.code : undefined;
    if (code === "INTERRUPTED") return;
    const isKept = await exists(path.join(this.#folder, checkpointName));
    if (code === "LOSS_NAN" || !isKept) {
      await this.finish();
      await removeEmptyFolders(path.dirname(this.#folder), this.#made);
    }
  }

  /** Removes the run's own files, and the folder if nothing else is in it. */
  async finish(): Promise<void> {
    await removeCheckpoints(this.#folder);
    await removeFolder(this.#folder, [recordName, ...this.#files]);
  }
}

/** Names of the folders of later phases. */
async function phaseFolders(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter(
    (name) => name.startsWith(phasePrefix) && /^[1-9]\d*$/.test(name.slice(phasePrefix.length)),
  );
}

/** Those of all phases. */
async function removeCheckpoints(folder: string): Promise<void> {
  for (const name of await phaseFolders(folder)) {
    await removeFolder(path.join(folder, name), [checkpointName]);
  }
  await removeFolder(folder, [checkpointName]);
}

/**
 * The request of an unfinished run.
 *
 * @param run - The run's folder, or that of the bundle it is for.
 * @throws PermafrostError NOT_FOUND when there is none.
 */
export async function unfinishedRequest<Request extends RunRequest>(
  run: string,
  kind: RunKind,
): Promise<Request>;
export async function unfinishedRequest(run: string, kind: RunKind): Promise<RunRequest> {
  const folder = path.resolve(run);
  for (const place of [folder, runFolder(folder)]) {
    const record = await readRecord(place);
    if (record === undefined) continue;
    if (record.format !== formats[kind]) throw otherKind(run, kind);
    // The bundle belongs beside the run, also when both were moved.
    return { ...record.request, out: place.replace(/\.run$/, "") };
  }
  throw new PermafrostError(
    "NOT_FOUND",
    `${run}: no unfinished run is here (expected ${recordName} in it or in ${path.basename(folder)}.run). A finished run needs no resuming: permafrost inspect ${run} shows its bundle.`,
  );
}

function otherKind(run: string, kind: RunKind): PermafrostError {
  const other = kind === "train" ? "pretrain" : "train";
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${run}: expected an unfinished run of permafrost ${kind}, got one of permafrost ${other}. Go on with it: permafrost ${other} --resume ${run}.`,
    { details: { path: run } },
  );
}

function withFullPaths(request: RunRequest): RunRequest {
  const { data, out, store } = request;
  return { ...request, data: path.resolve(data), out: path.resolve(out), store: path.resolve(store) };
}

function runParts(request: RunRequest, { data, base, numericsClass }: RunContext): RunParts {
  const {
    data: _data,
    out,
    store,
    embedBase,
    commandLine,
    resume,
    weights,
    offline,
    mirror,
    ...settings
  } = request;
  return {
    settings,
    data: orderedDataDigest(data),
    base,
    numericsClass,
    threads: availableParallelism(),
    permafrost: packageVersion(),
    checkpoint: checkpointFormat,
  };
}

/** The outermost folder that had to be made; undefined where none had to be. */
async function makeFolder(folder: string): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true });
  } catch (error) {
    throw explainWriteError(error, folder);
  }
}

/** Removes folders without content from the inner to the outer one; of an outer one that was there before, none. */
async function removeEmptyFolders(inner: string, outer: string | undefined): Promise<void> {
  if (outer === undefined) return;
  try {
    for (let folder = inner; !path.relative(outer, folder).startsWith(".."); folder = path.dirname(folder)) {
      await rmdir(folder);
    }
  } catch {
    // Something else is in it, or it is gone: both are fine.
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** As `changedParts`; a run of another command is another one altogether. */
function changesSince(
  earlier: Pick<RunRecord, "format" | "parts">,
  now: Pick<RunRecord, "format" | "parts">,
): readonly string[] {
  return earlier.format === now.format
    ? changedParts(earlier.parts, now.parts)
    : ["it belongs to another command"];
}

/** In words, what is not as it was. */
function changedParts(before: RunParts, now: RunParts): readonly string[] {
  const names = [...new Set([...Object.keys(before.settings), ...Object.keys(now.settings)])];
  const show = (value: unknown) => (value === undefined ? "default" : canonicalJson(value));
  const settings = names.flatMap((name) => {
    const [was, is] = [show(before.settings[name]), show(now.settings[name])];
    return was === is ? [] : [`${name}: ${was} -> ${is}`];
  });
  return [
    ...settings,
    ...(before.data === now.data ? [] : ["the images, their labels or their order have changed"]),
    ...(before.base === now.base ? [] : ["the base network has other weights"]),
    ...(before.numericsClass === now.numericsClass
      ? []
      : [`numerics class: ${before.numericsClass} -> ${now.numericsClass}`]),
    ...(before.threads === now.threads ? [] : [`processor cores: ${before.threads} -> ${now.threads}`]),
    ...(before.permafrost === now.permafrost
      ? []
      : [`permafrost: ${before.permafrost} -> ${now.permafrost}`]),
    ...(before.checkpoint === now.checkpoint
      ? []
      : [`checkpoints: ${before.checkpoint ?? "an earlier format"} -> ${now.checkpoint}`]),
  ];
}

function startsAnew(folder: string, changes: readonly string[]): string {
  return `${folder} holds an unfinished run of another kind (${changes.join("; ")}): training starts anew. Features in the store are used all the same.`;
}

async function readRecord(folder: string): Promise<RunRecord | undefined> {
  const file = path.join(folder, recordName);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
  const record = parseRecord(text);
  if (record !== undefined) return record;
  throw new PermafrostError(
    "OUTPUT_EXISTS",
    `${file}: expected the record of an unfinished run (${formats.train}), found something else, or one of a newer version. Move it away or choose another --out.`,
    { details: { path: file } },
  );
}

/** Written in one piece by this class: of a record with our format everything else is there. */
function parseRecord(text: string): RunRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isOurs =
      typeof value === "object" &&
      value !== null &&
      "format" in value &&
      Object.values<unknown>(formats).includes(value.format);
    return isOurs ? (value as RunRecord) : undefined;
  } catch {
    return undefined;
  }
}
