import { messageOf, PermafrostError } from "../base/errors.ts";
import type { Skipped } from "../data/dataset.ts";
import type { Thread } from "../engine/thread.ts";
import type { DecodeAhead, Decoded } from "./decodeAhead.ts";
import type { ExtractionHandlers } from "./extractionThread.ts";
import type { ViewSource } from "./views.ts";

/** Features of a batch and what became of its other images. */
export interface BatchResult {
  /** The images that have a feature, in the order of `features`. */
  readonly sources: readonly ViewSource[];
  /** [sources.length, ...shape] */
  readonly features: Float32Array;
  readonly skipped: readonly Skipped[];
  readonly preprocessSeconds: number;
  readonly forwardSeconds: number;
}

/** A batch being put together in a thread. Nothing here waits: calls are queued in the thread in their order. */
export class ExtractionBatch {
  readonly #thread: Thread<ExtractionHandlers>;
  readonly #images: DecodeAhead<ViewSource>;
  readonly #sources: ViewSource[] = [];
  readonly #answers: Promise<string | undefined>[] = [];
  readonly #skipped: Skipped[] = [];

  constructor(thread: Thread<ExtractionHandlers>, images: DecodeAhead<ViewSource>) {
    this.#thread = thread;
    this.#images = images;
  }

  /** Number of pictures sent to the thread. */
  get size(): number {
    return this.#sources.length;
  }

  /** Whether there is nothing to compute and nothing to report. */
  get isEmpty(): boolean {
    return this.size === 0 && this.#skipped.length === 0;
  }

  /** Sends a picture to be preprocessed, or notes why it cannot be. */
  add(decoded: Decoded<ViewSource>): void {
    this.#skipped.push(...decoded.skipped);
    if (decoded.pixels === undefined) return;
    const { image: digest, draw } = decoded.source;
    const slot = this.#sources.push(decoded.source) - 1;
    // The decoder's memory is not JavaScript's and cannot move to another thread; a copy can.
    const data = new Uint8Array(decoded.pixels.data);
    const image = { width: decoded.pixels.width, height: decoded.pixels.height, data };
    const answer = this.#thread
      .call("place", { slot, image, digest, draw }, [data.buffer])
      .then(() => undefined, refusal)
      .finally(() => this.#images.release(decoded));
    answer.catch(() => undefined);
    this.#answers.push(answer);
  }

  /** Computes the features of what was added. */
  async finish(): Promise<BatchResult> {
    if (this.size === 0)
      return this.#result(new Float32Array(0), [], { preprocessSeconds: 0, forwardSeconds: 0 });
    const [computed, ...refusals] = await Promise.all([
      this.#thread.call("run", { count: this.size }),
      ...this.#answers,
    ]);
    return this.#result(computed.features, refusals, computed);
  }

  /** Leaves out the pictures that could not be preprocessed. */
  #result(
    features: Float32Array,
    refusals: readonly (string | undefined)[],
    seconds: Pick<BatchResult, "preprocessSeconds" | "forwardSeconds">,
  ): BatchResult {
    const { preprocessSeconds, forwardSeconds } = seconds;
    const length = features.length / Math.max(1, this.size);
    const sources: ViewSource[] = [];
    for (const [slot, source] of this.#sources.entries()) {
      const reason = refusals[slot];
      if (reason === undefined) {
        features.copyWithin(sources.length * length, slot * length, (slot + 1) * length);
        sources.push(source);
      } else {
        this.#skipped.push(...source.paths.map((path) => ({ path, reason })));
      }
    }
    return {
      sources,
      features: features.subarray(0, sources.length * length),
      skipped: this.#skipped,
      preprocessSeconds,
      forwardSeconds,
    };
  }
}

/** A picture that preprocessing refuses is left out; anything else is a failure of the thread. */
function refusal(error: unknown): string {
  if (error instanceof PermafrostError && error.code !== "INTERNAL" && error.code !== "ENGINE_FAILED") {
    return messageOf(error);
  }
  throw error;
}
