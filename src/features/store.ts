import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { messageOf, systemCode } from "../base/errors.ts";
import { writeFileAtomic } from "../base/files.ts";
import { type FeatureGroup, groupDigest } from "./key.ts";
import { evict } from "./maintenance/evict.ts";
import { addToNote } from "./maintenance/groupNote.ts";
import { mergePacks } from "./maintenance/mergePacks.ts";
import type { Removal } from "./maintenance/removal.ts";
import { isPackName, rowFormat } from "./packFormat.ts";
import { formatFolder, storeLimit } from "./storeFolder.ts";
import { StoreGroup, type StoreProblem } from "./storeGroup.ts";

export interface StoreOptions {
  /** Size of a full pack in bytes (default 64 MiB). */
  readonly packBytes?: number;
  /** Bytes of features that may be kept in memory when the disk does not take them (default 1 GiB). */
  readonly memoryLimit?: number;
  /** Bytes of a group's features that stay in memory once they were read (default 256 MiB). */
  readonly residentBytes?: number;
  /** Bytes that all packs together may take (default: PERMAFROST_STORE_LIMIT, else 50 GiB). */
  readonly maxBytes?: number;
}

/** So many small packs in one group are worth merging. */
const manySmallPacks = 32;

/** How base/files.ts begins the names of temporary files. */
const temporaryStart = ".tmp-";

/** Temporary files older than this were left by a killed process. */
const strayAge = 24 * 60 * 60 * 1000;

/**
 * Features on disk, `<folder>/features-v1/<group digest>/<pack>.safetensors`. Any number of processes may read and write at
 * the same time: packs have unique names, appear whole, and never change.
 */
export class FeatureStore {
  /** Missing for a store in memory. */
  readonly folder: string | undefined;
  /** What the user should know: why nothing can be kept, what was swept away. */
  readonly warnings: readonly string[];
  readonly #writable: boolean;
  readonly #options: Required<StoreOptions>;

  private constructor(
    folder: string | undefined,
    writable: boolean,
    warnings: readonly string[],
    options: StoreOptions,
  ) {
    this.folder = folder;
    this.warnings = warnings;
    this.#writable = writable;
    this.#options = {
      packBytes: 64 * 2 ** 20,
      memoryLimit: 2 ** 30,
      residentBytes: 256 * 2 ** 20,
      maxBytes: storeLimit(),
      ...options,
    };
  }

  /**
   * Opens a store, made if missing. Where it cannot be written, it is still read, and new features last for this run only;
   * `warnings` says so.
   */
  static async open(folder: string, options: StoreOptions = {}): Promise<FeatureStore> {
    const obstacle = await obstacleToWriting(path.join(folder, formatFolder));
    const warnings =
      obstacle === undefined
        ? []
        : [
            `${folder}: the feature store cannot be written (${obstacle}); new features are kept for this run only.`,
          ];
    return new FeatureStore(path.resolve(folder), obstacle === undefined, warnings, options);
  }

  /** A store that lasts as long as this object's groups. */
  static inMemory(options: StoreOptions = {}): FeatureStore {
    return new FeatureStore(undefined, false, [], options);
  }

  /**
   * Opens the rows of one group. Packs that cannot be used are listed in `problems` and count as missing. Temporary files
   * that a killed process left more than a day ago are removed and listed there as well.
   */
  async group(group: FeatureGroup): Promise<StoreGroup> {
    const format = rowFormat(group);
    if (this.folder === undefined)
      return new StoreGroup(format, { writable: false, packs: [], problems: [], ...this.#options });
    const folder = path.join(this.folder, formatFolder, groupDigest(group));
    const { names, problems } = await namesIn(folder);
    const packs = names.filter(isPackName);
    const swept = this.#writable ? await sweep(folder, names) : [];
    return new StoreGroup(format, {
      packs: packs.map((name) => path.join(folder, name)),
      problems: [...problems, ...swept],
      home: folder,
      writable: this.#writable,
      ...this.#options,
    });
  }

  /**
   * Ends a run's writing: merges the group's small packs where there are many, and removes the packs used longest ago, of any
   * group, until the store is within its limit. Packs that `group` has used stay.
   *
   * @returns What the user should know.
   */
  async tidy(group: StoreGroup, record: FeatureGroup, base?: string): Promise<readonly string[]> {
    if (this.folder === undefined || !this.#writable) return [];
    const { packBytes, maxBytes } = this.#options;
    try {
      const digest = groupDigest(record);
      const home = path.join(this.folder, formatFolder, digest);
      if (group.rows > 0) {
        await addToNote(home, { group: record, ...(base === undefined ? {} : { base }) });
      }
      await mergePacks(this.folder, { packBytes, smallPacks: manySmallPacks, group: digest });
      group.refresh();
      return limitWarnings(await evict(this.folder, { maxBytes, keep: group.usedPacks }), maxBytes);
    } catch (error) {
      return [`${this.folder}: the feature store could not be tidied (${messageOf(error)}).`];
    }
  }
}

/** Why nothing can be written there, found out by writing. */
async function obstacleToWriting(folder: string): Promise<string | undefined> {
  const trial = path.join(folder, `trial-${process.pid}`);
  try {
    await writeFileAtomic(trial, "");
    return undefined;
  } catch (error) {
    return messageOf(error);
  } finally {
    await rm(trial, { force: true }).catch(() => undefined);
  }
}

async function namesIn(folder: string): Promise<{ names: readonly string[]; problems: StoreProblem[] }> {
  try {
    return { names: (await readdir(folder)).sort(), problems: [] };
  } catch (error) {
    const isMissing = systemCode(error) === "ENOENT";
    return { names: [], problems: isMissing ? [] : [{ path: folder, reason: messageOf(error) }] };
  }
}

/** Removes what killed processes left behind; another process may do so at the same moment. */
async function sweep(folder: string, names: readonly string[]): Promise<StoreProblem[]> {
  const problems: StoreProblem[] = [];
  for (const name of names.filter((each) => each.startsWith(temporaryStart))) {
    const stray = path.join(folder, name);
    const facts = await stat(stray).catch(() => undefined);
    if (facts === undefined || Date.now() - facts.mtimeMs < strayAge) continue;
    await rm(stray, { force: true });
    problems.push({ path: stray, reason: "left unfinished by a process that was stopped; removed" });
  }
  return problems;
}

function limitWarnings(removed: readonly Removal[], maxBytes: number): readonly string[] {
  if (removed.length === 0) return [];
  const sum = (part: (removal: Removal) => number): number =>
    removed.reduce((total, each) => total + part(each), 0);
  const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
  return [
    `store limit reached (${gibibytes(maxBytes)}): removed the ${removed.length} packs used longest ago, ` +
      `${sum((each) => each.rows)} features, ${gibibytes(sum((each) => each.bytes))}. PERMAFROST_STORE_LIMIT raises the limit.`,
    ...removed.map((removal) => `removed ${removal.path}`),
  ];
}
