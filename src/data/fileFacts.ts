import { type BigIntStats, stat, statSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";

/** A disk that takes longer than this for a look at a file, in milliseconds, is asked for several at once. */
const slowMs = 0.1;
/** Files between two looks at what else this thread has to do. */
const filesAtOnce = 256;

/** The callback form costs half of the promise form. */
const statLater = promisify(stat);

/**
 * Looks at thousands of files. What a look costs on a local disk is mostly the way to another thread and back, so it is done in
 * this one as long as the disk answers at once.
 */
export class FileFacts {
  #looks = 0;
  #spentMs = 0;

  /** @throws The system's error, as `fs.stat`. */
  async facts(path: string): Promise<BigIntStats> {
    if (this.#looks > 0 && this.#spentMs / this.#looks > slowMs) {
      return await statLater(path, { bigint: true });
    }
    // Signals and progress want their turn.
    if (++this.#looks % filesAtOnce === 0) await setImmediate();
    const begin = performance.now();
    try {
      return statSync(path, { bigint: true });
    } finally {
      this.#spentMs += performance.now() - begin;
    }
  }
}
