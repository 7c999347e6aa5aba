import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { messageOf, PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import { OpenFiles } from "../openFiles.ts";
import type { StoreProblem } from "../storeGroup.ts";
import { listFiles, type PackFile, type TemporaryFile } from "./packFiles.ts";
import { keyOf, openStored } from "./storedPack.ts";

/** A row whose bytes are not as they were written. */
export interface BadRow extends StoreProblem {
  readonly row: number;
  /** Its key as read, in hexadecimal; the damage may be in the key itself. */
  readonly key: string;
}

export interface StoreVerification {
  readonly folder: string;
  readonly packs: number;
  readonly rows: number;
  /** Bytes read. */
  readonly bytes: number;
  readonly seconds: number;
  readonly badRows: readonly BadRow[];
  /** Packs that cannot be used as a whole, or whose index is damaged. */
  readonly badPacks: readonly StoreProblem[];
  /** Packs that a newer version has written, and files in the wrong place: not this version's to judge. */
  readonly foreign: readonly StoreProblem[];
  /** What processes are writing now, or left behind when they were killed: harmless. */
  readonly temporaries: readonly TemporaryFile[];
  /** No bad row and no bad pack. */
  readonly clean: boolean;
}

/**
 * Reads every row of every pack and holds it against its checksum. Changes nothing: damaged rows count as missing in any
 * run, which computes them again.
 *
 * @throws PermafrostError NOT_READABLE; INTERRUPTED when the signal is aborted.
 */
export async function verifyStore(store: string, work: WorkOptions = {}): Promise<StoreVerification> {
  const folder = path.resolve(store);
  const begin = performance.now();
  const { packs, temporaries } = await listFiles(folder);
  const total = packs.reduce((sum, pack) => sum + pack.bytes, 0);
  const found = new Findings();
  let bytes = 0;
  for (const pack of packs) {
    for await (const read of found.scrub(pack)) {
      checkInterrupted(work.signal, folder);
      work.onProgress?.({ phase: "verify", done: Math.min(total, bytes + read), total, unit: "bytes" });
    }
    bytes += pack.bytes;
  }
  work.onProgress?.({ phase: "verify", done: bytes, total, unit: "bytes" });
  const { rows, badRows, badPacks, foreign } = found;
  const clean = badRows.length === 0 && badPacks.length === 0;
  const seconds = (performance.now() - begin) / 1000;
  return {
    folder,
    packs: packs.length,
    rows,
    bytes,
    seconds,
    badRows,
    badPacks,
    foreign,
    temporaries,
    clean,
  };
}

class Findings {
  rows = 0;
  readonly badRows: BadRow[] = [];
  readonly badPacks: StoreProblem[] = [];
  readonly foreign: StoreProblem[] = [];

  /** Checks a pack; yields the bytes of it that were read so far. */
  async *scrub(file: PackFile): AsyncGenerator<number> {
    const files = new OpenFiles();
    try {
      const pack = openStored(file, files);
      if (!pack.indexIntact) {
        this.badPacks.push({ path: file.path, reason: "its keys or checksums are not as written" });
      }
      let read = 0;
      for (const { stored } of pack.pieces()) {
        read += stored.length;
        yield read;
        await nextTurn();
      }
      this.rows += pack.rows;
      for (const row of pack.damaged) {
        const key = Buffer.from(keyOf(pack.keys, row)).toString("hex");
        const reason = "its bytes do not agree with its checksum";
        this.badRows.push({ path: file.path, row, key, reason });
      }
    } catch (error) {
      if (error instanceof PermafrostError && error.code === "INTERRUPTED") throw error;
      const isForeign = error instanceof PermafrostError && error.code === "FORMAT_UNKNOWN";
      (isForeign ? this.foreign : this.badPacks).push({ path: file.path, reason: messageOf(error) });
    } finally {
      files.close();
    }
  }
}

function checkInterrupted(signal: AbortSignal | undefined, folder: string): void {
  if (signal?.aborted !== true) return;
  throw new PermafrostError("INTERRUPTED", `${folder}: stopped as asked before all rows were checked.`);
}
