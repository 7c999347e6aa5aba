import type { BigIntStats } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Digest } from "../base/digest.ts";
import { writeFileAtomic } from "../base/files.ts";

/** What must be unchanged for a file to count as unchanged. */
interface Entry {
  readonly size: string;
  readonly mtime: string;
  readonly inode: string;
  readonly digest: Digest;
}

const entryMembers = ["path", "size", "mtime", "inode", "digest"] as const;

/**
 * Digests of files from earlier runs, remembered by path, size, time of change (nanoseconds) and inode.
 *
 * Kept as JSON lines. A damaged line, or a file that is not there, only means that digests are computed again.
 */
export class DigestCache {
  readonly #file: string | undefined;
  readonly #entries = new Map<string, Entry>();
  #changed = false;

  private constructor(file: string | undefined) {
    this.#file = file;
  }

  /** @param file - Where the digests are kept between runs; without it nothing is remembered. */
  static async open(file: string | undefined): Promise<DigestCache> {
    const cache = new DigestCache(file);
    const text = file === undefined ? "" : await readFile(file, "utf8").catch(() => "");
    for (const line of text.split("\n")) cache.#addLine(line);
    return cache;
  }

  get(path: string, facts: BigIntStats): Digest | undefined {
    const entry = this.#entries.get(path);
    return entry !== undefined && isUnchanged(entry, facts) ? entry.digest : undefined;
  }

  /**
   * Remembers a digest, unless the file changed so shortly before it was read that a second change
   * could carry the same time: coarse clocks of file systems count in steps of up to two seconds (FAT).
   */
  set(path: string, facts: BigIntStats, digest: Digest, readAtMs: number): void {
    if (readAtMs - Number(facts.mtimeMs) < 2000) return;
    const entry = { size: `${facts.size}`, mtime: `${facts.mtimeNs}`, inode: `${facts.ino}`, digest };
    this.#entries.set(path, entry);
    this.#changed = true;
  }

  /** Writes what was added, if anything. */
  async save(): Promise<void> {
    if (this.#file === undefined || !this.#changed) return;
    const lines = Array.from(this.#entries, ([path, entry]) => JSON.stringify({ path, ...entry }));
    await writeFileAtomic(this.#file, `${lines.join("\n")}\n`);
    this.#changed = false;
  }

  #addLine(line: string): void {
    try {
      const record: Readonly<Record<string, unknown>> = JSON.parse(line);
      const [path, size, mtime, inode, digest] = entryMembers.map((name) => record[name]);
      if (!isText(path) || !isText(size) || !isText(mtime) || !isText(inode) || !isText(digest)) return;
      if (/^[0-9a-f]{64}$/.test(digest)) this.#entries.set(path, { size, mtime, inode, digest });
    } catch {
      // An empty or cut-off line: the file is read again instead.
    }
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isUnchanged(entry: Entry, facts: BigIntStats): boolean {
  return (
    entry.size === `${facts.size}` && entry.mtime === `${facts.mtimeNs}` && entry.inode === `${facts.ino}`
  );
}
