import { availableParallelism } from "node:os";
import { PermafrostError } from "../../base/errors.ts";
import { Thread } from "../../engine/thread.ts";
import type { FoldData, FoldTraining } from "./foldData.ts";
import type { FoldHandlers } from "./foldThread.ts";

/**
 * Threads that train heads, one a core: each does a whole training by itself, so that no step waits for another thread. Close them
 * when done.
 */
export class FoldThreads {
  readonly #threads: readonly Thread<FoldHandlers>[];
  readonly #signal: AbortSignal | undefined;
  readonly #stop: () => void;

  private constructor(
    threads: readonly Thread<FoldHandlers>[],
    { stop }: FoldData,
    signal: AbortSignal | undefined,
  ) {
    this.#threads = threads;
    this.#signal = signal;
    this.#stop = () => void Atomics.store(stop, 0, 1);
    signal?.addEventListener("abort", this.#stop, { once: true });
  }

  static async start(
    data: FoldData,
    signal?: AbortSignal,
    size: number = availableParallelism(),
  ): Promise<FoldThreads> {
    const threads = Array.from({ length: size }, () => new Thread<FoldHandlers>("recipes/sweep/foldThread"));
    const pool = new FoldThreads(threads, data, signal);
    try {
      await Promise.all(threads.map((thread) => thread.call("open", data)));
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** Trainings that run at a time. */
  get size(): number {
    return this.#threads.length;
  }

  /**
   * Trains a head in the least busy thread.
   *
   * @returns Probabilities of the part's held-out rows, [rows, classes].
   * @throws PermafrostError INTERRUPTED once the signal was raised; LOSS_NAN.
   */
  async train(training: FoldTraining): Promise<Float32Array> {
    if (this.#signal?.aborted) throw interrupted();
    const idle = this.#threads.reduce((least, thread) => (thread.pending < least.pending ? thread : least));
    const probabilities = await idle.call("train", training);
    // It may have ended early.
    if (this.#signal?.aborted) throw interrupted();
    return probabilities;
  }

  async close(): Promise<void> {
    this.#stop();
    this.#signal?.removeEventListener("abort", this.#stop);
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function interrupted(): PermafrostError {
  return new PermafrostError(
    "INTERRUPTED",
    "sweep: stopped as asked. All features and finished trainings are kept: the same command goes on there.",
  );
}
