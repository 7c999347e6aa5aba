import { rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Digest } from "../../base/digest.ts";
import { messageOf, PermafrostError } from "../../base/errors.ts";
import { explainWriteError, syncFolder, temporaryName } from "../../base/files.ts";
import type { WorkOptions } from "../../base/progress.ts";
import { groupBy } from "../../data/groupBy.ts";
import { imageKey, imageKeyBytes } from "../key.ts";
import { KeyIndex } from "../keyIndex.ts";
import { OpenFiles } from "../openFiles.ts";
import type { RowFormat } from "../packFormat.ts";
import { PackWriter } from "../packWriter.ts";
import { formatFolder } from "../storeFolder.ts";
import type { StoreProblem } from "../storeGroup.ts";
import { copyRows } from "./copyRows.ts";
import { addToNote, readNote } from "./groupNote.ts";
import { listFiles, type PackFile } from "./packFiles.ts";
import { openStored, type StoredPack } from "./storedPack.ts";

export interface ExportRequest {
  /** New folder that receives the features. */
  readonly out: string;
  /** Images whose features go along, under any draw; left out: all. */
  readonly images?: readonly Digest[];
}

export interface ExportResult {
  readonly out: string;
  readonly groups: number;
  readonly rows: number;
  /** Images asked for that have no feature in the store. */
  readonly missing: number;
  /** Rows and packs left out because they are damaged. */
  readonly problems: readonly StoreProblem[];
}

/**
 * Copies features into a folder that is a store itself: it can be verified, used with `--store`, or imported elsewhere. The
 * folder appears whole or not at all.
 *
 * @throws PermafrostError OUTPUT_EXISTS; DISK_FULL; NOT_FOUND when there is nothing to export; INTERRUPTED.
 */
export async function exportFeatures(
  store: string,
  request: ExportRequest,
  work: WorkOptions = {},
): Promise<ExportResult> {
  const out = path.resolve(request.out);
  await checkFree(out);
  const temporary = temporaryName(out);
  try {
    const result = await copyStore(path.resolve(store), temporary, request.images, work);
    if (result.rows === 0) {
      const text = `${store}: expected features ${request.images === undefined ? "" : "of the data set "}to export, found none. Run permafrost train on it first.`;
      throw new PermafrostError("NOT_FOUND", text);
    }
    await rename(temporary, out);
    await syncFolder(path.dirname(out));
    return { out, ...result };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw explainWriteError(error, out);
  }
}

async function checkFree(out: string): Promise<void> {
  if ((await stat(out).catch(() => undefined)) === undefined) return;
  throw new PermafrostError("OUTPUT_EXISTS", `${out}: exists already. Choose another folder.`);
}

async function copyStore(
  store: string,
  target: string,
  images: readonly Digest[] | undefined,
  work: WorkOptions,
): Promise<Omit<ExportResult, "out">> {
  const { packs } = await listFiles(store);
  const selection = new Selection(images);
  const total = packs.reduce((sum, pack) => sum + pack.bytes, 0);
  let done = 0;
  const onPack = (pack: PackFile): void => {
    if (work.signal?.aborted === true) {
      throw new PermafrostError("INTERRUPTED", "export: stopped as asked; nothing was written.");
    }
    done += pack.bytes;
    work.onProgress?.({ phase: "export", done, total, unit: "bytes" });
  };
  let groups = 0;
  for (const [group, files] of groupBy(packs, (pack) => pack.group)) {
    const folder = path.join(target, formatFolder, group);
    const before = selection.rows;
    await copyGroup(files, folder, selection, onPack);
    if (selection.rows === before) continue;
    groups++;
    for (const base of (await readNote(path.join(store, formatFolder, group))).bases) {
      await addToNote(folder, { base });
    }
  }
  return { groups, rows: selection.rows, missing: selection.missing, problems: selection.problems };
}

/** Which rows go along, and what was found of them. */
class Selection {
  rows = 0;
  readonly problems: StoreProblem[] = [];
  readonly #images: ReadonlySet<string> | undefined;
  readonly #found = new Set<string>();

  constructor(images: readonly Digest[] | undefined) {
    this.#images = images === undefined ? undefined : new Set(images.map(imageKey));
  }

  get missing(): number {
    return this.#images === undefined ? 0 : this.#images.size - this.#found.size;
  }

  readonly wanted = (key: Uint8Array): boolean => {
    if (this.#images === undefined) return true;
    const image = Buffer.from(key.buffer, key.byteOffset, imageKeyBytes).toString("hex");
    if (!this.#images.has(image)) return false;
    this.#found.add(image);
    return true;
  };
}

async function copyGroup(
  files: readonly PackFile[],
  folder: string,
  selection: Selection,
  onPack: (pack: PackFile) => void,
): Promise<void> {
  const open = new OpenFiles();
  const known = new KeyIndex();
  const writers = new Map<string, PackWriter>();
  try {
    for (const file of files) {
      onPack(file);
      const pack = opened(file, open, selection.problems);
      if (pack === undefined) continue;
      const writer = writerFor(pack.format, folder, writers);
      const { rows, damaged } = await copyRows(pack, writer, known, selection.wanted);
      selection.rows += rows;
      const reason = "its bytes do not agree with its checksum";
      selection.problems.push(...damaged.map((row) => ({ path: file.path, row, reason })));
    }
    for (const writer of writers.values()) await writer.close();
  } finally {
    open.close();
  }
}

function opened(file: PackFile, files: OpenFiles, problems: StoreProblem[]): StoredPack | undefined {
  try {
    return openStored(file, files);
  } catch (error) {
    problems.push({ path: file.path, reason: messageOf(error) });
    return undefined;
  }
}

/** Rows of different origins go to different packs. */
function writerFor(format: RowFormat, folder: string, writers: Map<string, PackWriter>): PackWriter {
  const origin = format.origin ?? "";
  const writer =
    writers.get(origin) ??
    new PackWriter(folder, format, { packBytes: 64 * 2 ** 20, onPack: () => undefined });
  writers.set(origin, writer);
  return writer;
}
