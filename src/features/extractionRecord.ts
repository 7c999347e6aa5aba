import type { Skipped } from "../data/dataset.ts";
import type { BatchResult } from "./extractionBatch.ts";

/**
 * Where the time went. All but `total` are sums over threads, so together they may exceed it. Decoding runs in the
 * decoder's own threads and is what is left over.
 */
export interface ExtractionSeconds {
  readonly total: number;
  /** Checking stored features that are used again. */
  readonly verify: number;
  /** SHA-256 of the files read. */
  readonly hash: number;
  /** Resampling and normalising. */
  readonly preprocess: number;
  /** The prefix itself. */
  readonly forward: number;
  /** Writing packs, waiting for the disk included. */
  readonly write: number;
}

/** What an extraction has done so far. */
export class ExtractionRecord {
  computed = 0;
  bytesWritten = 0;
  readonly skipped: Skipped[] = [];
  readonly warnings: string[];
  readonly #skippedPaths = new Set<string>();
  readonly seconds = { total: 0, verify: 0, hash: 0, preprocess: 0, forward: 0, write: 0 };

  constructor(warnings: readonly string[]) {
    this.warnings = [...warnings];
  }

  addBatch(batch: BatchResult): void {
    this.computed += batch.sources.length;
    // Several views of one image fail for the same reason.
    for (const skip of batch.skipped) {
      if (!this.#skippedPaths.has(skip.path)) this.skipped.push(skip);
      this.#skippedPaths.add(skip.path);
    }
    this.seconds.preprocess += batch.preprocessSeconds;
    this.seconds.forward += batch.forwardSeconds;
  }
}
