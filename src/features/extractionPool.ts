import { Thread } from "../engine/thread.ts";
import type { DecodeAhead } from "./decodeAhead.ts";
import { equalShares } from "./equalShares.ts";
import { type BatchResult, ExtractionBatch } from "./extractionBatch.ts";
import type { ExtractionHandlers, ExtractionJob } from "./extractionThread.ts";
import type { ViewSource } from "./views.ts";

/** Batches sent to a thread and not yet answered: one computing, one that waits for it. */
const batchesAhead = 2;

/** What is to be computed, and by whom it is taken. */
export interface PoolWork {
  readonly images: DecodeAhead<ViewSource>;
  /** Its promise holds the next batches of that thread back. */
  readonly onBatch: (result: BatchResult) => Promise<void>;
  /** Asked before each image: whether to end early. What was taken is still finished. */
  readonly stopped: () => boolean;
}

/** Worker threads that each hold the prefix, with one thread of ONNX Runtime in each. */
export class ExtractionPool {
  readonly workers: number;
  readonly #threads: Thread<ExtractionHandlers>[] = [];
  #batchSize = 0;

  /** Threads are started when they are needed. */
  constructor(workers: number) {
    this.workers = Math.max(1, workers);
  }

  /** Asks one thread. */
  numericsClass(): Promise<string> {
    this.#start(1);
    return this.#threads[0]!.call("numericsClass", undefined);
  }

  /** Starts all threads and gives them the prefix. */
  async load(job: ExtractionJob): Promise<void> {
    this.#start(this.workers);
    this.#batchSize = job.batchSize;
    await Promise.all(this.#threads.map((thread) => thread.call("load", job)));
  }

  /** Computes the features of all images. The first failure ends the work and is thrown when the batches under way have ended. */
  async run(work: PoolWork): Promise<void> {
    const state = { failed: false };
    const shares = equalShares(work.images.total, this.#threads.length, this.#batchSize).values();
    const stopped = (): boolean => state.failed || work.stopped();
    const lanes = this.#threads.map(async (thread) => {
      try {
        await this.#lane(thread, shares, { ...work, stopped });
      } catch (error) {
        state.failed = true;
        throw error;
      }
    });
    const failure = (await Promise.allSettled(lanes)).find((result) => result.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #start(threads: number): void {
    while (this.#threads.length < threads) this.#threads.push(new Thread("features/extractionThread"));
  }

  /** Keeps one thread busy: its next batch is preprocessed and queued while the present one computes. */
  async #lane(thread: Thread<ExtractionHandlers>, shares: Iterable<number>, work: PoolWork): Promise<void> {
    const underWay: Promise<void>[] = [];
    try {
      for (const size of shares) {
        const batch = await this.#fill(new ExtractionBatch(thread, work.images), size, work);
        if (batch.isEmpty) break;
        const done = batch.finish().then(work.onBatch);
        // Awaited below; without this a failure meanwhile would end the process.
        done.catch(() => undefined);
        underWay.push(done);
        if (underWay.length >= batchesAhead) await underWay.shift();
      }
      await Promise.all(underWay);
    } finally {
      await Promise.allSettled(underWay);
    }
  }

  async #fill(batch: ExtractionBatch, size: number, { images, stopped }: PoolWork): Promise<ExtractionBatch> {
    while (batch.size < size && !stopped()) {
      const decoded = await images.take();
      if (decoded === undefined) break;
      batch.add(decoded);
    }
    return batch;
  }
}
