import path from "node:path";
import { messageOf, PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import { groupBy } from "../../data/groupBy.ts";
import { type FeatureGroup, groupDigest } from "../key.ts";
import { KeyIndex } from "../keyIndex.ts";
import { OpenFiles } from "../openFiles.ts";
import { type RowFormat, rowFormat } from "../packFormat.ts";
import { PackWriter } from "../packWriter.ts";
import { formatFolder } from "../storeFolder.ts";
import type { StoreProblem } from "../storeGroup.ts";
import { copyRows } from "./copyRows.ts";
import { addToNote, readNote } from "./groupNote.ts";
import { listFiles, type PackFile } from "./packFiles.ts";
import { openStored, type PackRecord, readRecord, type StoredPack } from "./storedPack.ts";

export interface ImportRequest {
  /** Folder that an export has written, or any store. */
  readonly from: string;
  /** `Engine.numericsClass` of this machine. */
  readonly numericsClass: string;
  /** Take features of other numerics classes for this machine's own. Runs that use them say so. */
  readonly trustNumerics?: boolean;
  /** Size of a full pack in bytes (default 64 MiB). */
  readonly packBytes?: number;
}

export interface ImportResult {
  readonly groups: number;
  /** Rows that are new in the store. */
  readonly rows: number;
  /** Rows that it had already. */
  readonly present: number;
  /** Numerics classes taken for this machine's own. */
  readonly trusted: readonly string[];
  /** Rows and packs left out: damaged, or of a newer version. */
  readonly problems: readonly StoreProblem[];
}

/**
 * Takes over features that another machine computed. Every row is held against its checksum. May be stopped and run again
 * at any time: rows that are there are passed over.
 *
 * @throws PermafrostError NOT_FOUND when there is nothing to import; NUMERICS_MISMATCH for features of another numerics
 *   class, before anything is written; INTERRUPTED.
 */
export async function importFeatures(
  store: string,
  request: ImportRequest,
  work: WorkOptions = {},
): Promise<ImportResult> {
  const source = path.resolve(request.from);
  const { packBytes = 64 * 2 ** 20 } = request;
  const { packs } = await listFiles(source);
  const problems: StoreProblem[] = [];
  const records = readRecords(packs, problems);
  if (records.length === 0) {
    throw new PermafrostError(
      "NOT_FOUND",
      `${source}: expected a folder that permafrost store export has written, found no features in it. Check the path.`,
      { details: { path: source } },
    );
  }
  const trusted = checkNumerics(records, request);
  const total = records.reduce((sum, record) => sum + record.rows, 0);
  const result = { groups: 0, rows: 0, present: 0, trusted, problems };
  for (const members of groupBy(records, (record) => record.file.group).values()) {
    result.groups++;
    const target = targetOf(members[0]!.group, request);
    const folder = path.join(path.resolve(store), formatFolder, groupDigest(target));
    const report = (): void => {
      checkInterrupted(work.signal, result.rows);
      work.onProgress?.({ phase: "import", done: result.rows + result.present, total, unit: "features" });
    };
    for (const { rows, present } of await importGroup(
      members,
      { target, folder, packBytes },
      problems,
      report,
    )) {
      result.rows += rows;
      result.present += present;
    }
    for (const base of (await readNote(path.dirname(members[0]!.file.path))).bases) {
      await addToNote(folder, { base });
    }
  }
  return result;
}

function readRecords(packs: readonly PackFile[], problems: StoreProblem[]): readonly PackRecord[] {
  const files = new OpenFiles();
  try {
    return packs.flatMap((pack) => tried(pack, problems, () => readRecord(pack, files)) ?? []);
  } finally {
    files.close();
  }
}

function tried<T>(pack: PackFile, problems: StoreProblem[], task: () => T): T | undefined {
  try {
    return task();
  } catch (error) {
    problems.push({ path: pack.path, reason: messageOf(error) });
    return undefined;
  }
}

/** The other numerics classes among the records. */
function checkNumerics(
  records: readonly PackRecord[],
  { from, numericsClass, trustNumerics }: ImportRequest,
): readonly string[] {
  const classes = new Set(records.map(({ group, format }) => format.origin ?? group.numericsClass));
  const others = [...classes].filter((each) => each !== numericsClass);
  if (others.length === 0 || trustNumerics === true) return others;
  throw new PermafrostError(
    "NUMERICS_MISMATCH",
    `${from}: expected features of this machine's numerics class "${numericsClass}", got ${others.map((each) => `"${each}"`).join(", ")}. ` +
      "Another engine or processor may round the last bits differently, so a run never mixes the two. Compute the features here, " +
      "or import them with --trust-numerics: results are then close, not bit for bit those of this machine.",
    { details: { expected: numericsClass, found: others } },
  );
}

/** The group of this machine that a group goes into. */
function targetOf(group: FeatureGroup, { numericsClass }: ImportRequest): FeatureGroup {
  return { ...group, numericsClass };
}

/** Where the rows of a group go. */
interface ImportGoal {
  readonly target: FeatureGroup;
  readonly folder: string;
  readonly packBytes: number;
}

async function importGroup(
  records: readonly PackRecord[],
  goal: ImportGoal,
  problems: StoreProblem[],
  report: () => void,
): Promise<readonly { readonly rows: number; readonly present: number }[]> {
  const files = new OpenFiles();
  const known = await keysIn(goal.folder);
  const writers = new Map<string, PackWriter>();
  const counts: { rows: number; present: number }[] = [];
  try {
    for (const record of records) {
      report();
      const pack = tried(record.file, problems, () => openStored(record.file, files));
      if (pack === undefined) continue;
      const { rows, damaged } = await copyRows(pack, writerFor(pack, goal, writers), known);
      const reason = "its bytes do not agree with its checksum";
      problems.push(...damaged.map((row) => ({ path: record.file.path, row, reason })));
      counts.push({ rows, present: pack.rows - rows - damaged.length });
    }
  } finally {
    for (const writer of writers.values()) await writer.close();
    files.close();
  }
  return counts;
}

function writerFor(
  pack: StoredPack,
  { target, folder, packBytes }: ImportGoal,
  writers: Map<string, PackWriter>,
): PackWriter {
  const computedIn = pack.format.origin ?? pack.group.numericsClass;
  const isOwn = computedIn === target.numericsClass;
  const format: RowFormat = isOwn ? rowFormat(target) : { ...rowFormat(target), origin: computedIn };
  const writer =
    writers.get(computedIn) ?? new PackWriter(folder, format, { packBytes, onPack: () => undefined });
  writers.set(computedIn, writer);
  return writer;
}

/** Keys of the rows that a group of the store has already. */
async function keysIn(folder: string): Promise<KeyIndex> {
  const known = new KeyIndex();
  const store = path.dirname(path.dirname(folder));
  const { packs } = await listFiles(store);
  const files = new OpenFiles();
  try {
    for (const pack of packs.filter((each) => each.group === path.basename(folder))) {
      const opened = tried(pack, [], () => openStored(pack, files));
      if (opened?.indexIntact === true) known.add(opened.keys);
    }
  } finally {
    files.close();
  }
  return known;
}

function checkInterrupted(signal: AbortSignal | undefined, rows: number): void {
  if (signal?.aborted !== true) return;
  throw new PermafrostError(
    "INTERRUPTED",
    `import: stopped as asked after ${rows} new features, which are kept. Run again to go on.`,
  );
}
