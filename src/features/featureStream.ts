import type { Digest } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { RowsListener } from "./computeMissing.ts";
import { Extraction, type ExtractionOptions, type ExtractionSummary } from "./extraction.ts";
import { keyBytes, rowKey, type StoreDtype } from "./key.ts";
import { KeyIndex } from "./keyIndex.ts";
import { decodeRows, encodeRows } from "./rowCodec.ts";
import type { DistinctViews, ViewSource } from "./views.ts";

/**
 * Features that are read while they are still being computed, in the order of the views given. Reading waits for the rows
 * that it needs; rows of the pack being written are kept in memory until it is finished, so memory use is bounded by a pack.
 */
export class FeatureStream implements RowsListener {
  /** Number of distinct views. */
  readonly rows: number;
  /** Shape of one row in the engine's layout: [C], or [C, H, W]. */
  readonly rowShape: readonly number[];
  readonly #extraction: Extraction;
  readonly #views: DistinctViews;
  readonly #index = new KeyIndex();
  /** Features computed and not yet in a finished pack, by row. */
  readonly #fresh = new Map<number, Float32Array>();
  readonly #stopping: AbortController;
  readonly #running: Promise<void>;
  #packedRows: number;
  #ended = false;
  #failure: unknown;
  #wake: () => void = () => undefined;
  #changed: Promise<void> = Promise.resolve();

  private constructor(extraction: Extraction, stopping: AbortController) {
    this.#stopping = stopping;
    this.#extraction = extraction;
    this.#views = extraction.search.views;
    this.#index.add(this.#views.keys);
    this.rows = this.#views.sources.length;
    this.rowShape = extraction.group.shape;
    this.#packedRows = extraction.group.rows;
    this.#expectChange();
    this.#running = this.#run();
  }

  /**
   * Begins computing what the store does not hold. Close the stream when done.
   *
   * @throws PermafrostError as `extractFeatures` does for what it can see at once; later failures are thrown by `read`.
   */
  static async open({ signal, ...options }: ExtractionOptions): Promise<FeatureStream> {
    const stopping = new AbortController();
    const signals = signal === undefined ? [stopping.signal] : [stopping.signal, signal];
    const extraction = await Extraction.open({ ...options, signal: AbortSignal.any(signals) });
    return new FeatureStream(extraction, stopping);
  }

  /** The row of a view; undefined when it was never asked for. */
  indexOf(image: Digest, draw: Digest | "none" = "none"): number | undefined {
    const row = this.#index.find(rowKey({ image, draw }));
    return row < 0 ? undefined : row;
  }

  /**
   * Reads features in the order asked for, [rows.length, ...rowShape]; waits until all of them are there.
   *
   * @throws PermafrostError IMAGE_UNREADABLE when a file turned out to be unusable (its details list `skipped`), or what
   *   stopped the extraction.
   */
  async read(rows: ArrayLike<number>, into: Float32Array): Promise<void> {
    const stored = await this.#whenThere(Array.from(rows));
    const size = sizeOf(this.rowShape);
    if (stored.every((row) => row >= 0)) {
      this.#extraction.group.readRows(stored, into);
      return;
    }
    for (const [at, row] of stored.entries()) {
      const target = into.subarray(at * size, (at + 1) * size);
      if (row >= 0) this.#extraction.group.readRows([row], target);
      else target.set(this.#fresh.get(rows[at]!)!);
    }
  }

  /** What was done so far. */
  summary(): ExtractionSummary {
    return this.#extraction.summary();
  }

  /** Stops computing; what was computed is stored. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#extraction.group.close();
  }

  /** @internal Told of each batch before it is written. */
  onRows(sources: readonly ViewSource[], features: Float32Array): void {
    const size = sizeOf(this.rowShape);
    const kept = asStored(this.#extraction.summary().group.dtype, features);
    for (const [at, source] of sources.entries()) {
      this.#fresh.set(source.index, kept.subarray(at * size, (at + 1) * size));
    }
    this.#announce();
  }

  /** @internal Told when rows were handed to the store: those of finished packs need no memory any more. */
  onWritten(): void {
    const { group } = this.#extraction;
    if (group.rows === this.#packedRows) return;
    this.#packedRows = group.rows;
    for (const row of [...this.#fresh.keys()]) if (this.#storedRow(row) >= 0) this.#fresh.delete(row);
  }

  async #run(): Promise<void> {
    try {
      await this.#extraction.run(this);
    } catch (error) {
      this.#failure = error;
    } finally {
      await this.#extraction.endThreads();
      this.onWritten();
      this.#ended = true;
      this.#announce();
    }
  }

  /** Rows of the group, -1 for those that are in memory. */
  async #whenThere(rows: readonly number[]): Promise<readonly number[]> {
    for (;;) {
      const stored = rows.map((row) => this.#storedRow(row));
      const absent = rows.filter((row, at) => stored[at]! < 0 && !this.#fresh.has(row));
      if (absent.length === 0) return stored;
      this.#checkPossible(absent);
      await this.#changed;
    }
  }

  #checkPossible(absent: readonly number[]): void {
    if (this.#failure !== undefined) throw this.#failure;
    const { skipped } = this.#extraction;
    const paths = new Set(skipped.map((each) => each.path));
    const lost = absent.filter((row) => this.#views.sources[row]?.paths.every((path) => paths.has(path)));
    if (lost.length === 0 && !this.#ended) return;
    throw new PermafrostError(
      "IMAGE_UNREADABLE",
      `features: expected all images to be readable, but ${skipped.length} could not be used, for example ${skipped[0]?.path}: ${skipped[0]?.reason}. Run again to train without them.`,
      { details: { skipped } },
    );
  }

  #storedRow(row: number): number {
    return this.#extraction.group.find(this.#views.keys.subarray(row * keyBytes, (row + 1) * keyBytes))[0]!;
  }

  #announce(): void {
    this.#wake();
    this.#expectChange();
  }

  #expectChange(): void {
    this.#changed = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Features as they will be read back: what is seen must not depend on when it is read. */
function asStored(dtype: StoreDtype, features: Float32Array): Float32Array {
  if (dtype === "float32") return features;
  const rounded = new Float32Array(features.length);
  decodeRows(dtype, new Uint8Array(encodeRows(dtype, features)), rounded);
  return rounded;
}
