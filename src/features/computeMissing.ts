import type { Preprocessing } from "../applications/preprocessing.ts";
import { messageOf, PermafrostError } from "../base/errors.ts";
import type { WorkOptions } from "../base/progress.ts";
import type { Graph } from "../graph/graph.ts";
import { encodeProgram } from "../onnx/encodeProgram.ts";
import { DecodeAhead } from "./decodeAhead.ts";
import type { BatchResult } from "./extractionBatch.ts";
import type { ExtractionPool } from "./extractionPool.ts";
import type { ExtractionRecord } from "./extractionRecord.ts";
import type { FeatureSearch } from "./featureSearch.ts";
import { rowKeys, type StoreDtype } from "./key.ts";
import type { PrefixSignature } from "./prefix.ts";
import { roundRows } from "./rowCodec.ts";
import type { RowWriter } from "./rowWriter.ts";
import type { StoreGroup } from "./storeGroup.ts";
import type { DrawSettings } from "./viewDraws.ts";
import type { ViewSource } from "./views.ts";

/** Decoded pictures may wait in this many bytes; photographs of 12 million pixels then go seven at a time. */
const waitingPixelBytes = 256 * 2 ** 20;

/** Hears of rows as they come into being. */
export interface RowsListener {
  /** Before they are written. @param features - [sources.length, ...shape] */
  onRows(sources: readonly ViewSource[], features: Float32Array): void;
  /** After a batch was handed to the writer. */
  onWritten(): void;
}

export interface Computation extends WorkOptions {
  readonly prefix: Graph;
  readonly signature: PrefixSignature;
  readonly preprocessing: Preprocessing;
  readonly batchSize?: number;
  readonly draws?: DrawSettings;
  readonly storeDtype?: StoreDtype;
  readonly numericsClass: string;
  readonly search: FeatureSearch;
  readonly group: StoreGroup;
  readonly pool: ExtractionPool;
  readonly record: ExtractionRecord;
  readonly listener?: RowsListener;
}

/**
 * Computes and stores every feature that the group does not hold. When the disk refuses, what it lost is computed again
 * and kept in memory.
 */
export async function computeMissing(work: Computation): Promise<void> {
  const { group, record } = work;
  for (;;) {
    const failure = await computeInto(group.writer(), work);
    if (failure === undefined) break;
    if (group.inMemory) throw failure;
    group.keepInMemory();
    record.warnings.push(`${messageOf(failure)} New features are kept in memory, for this run only.`);
  }
  expectAll(work);
}

/** One attempt. Hands back the failure of the writer; any other failure is thrown. */
async function computeInto(writer: RowWriter, work: Computation): Promise<unknown> {
  const missing = stillMissing(work);
  if (missing.length === 0) return undefined;
  const images = imagesOf(missing, work);
  const attempt = new Attempt(writer, work, missing.length);
  try {
    images.start();
    await loadPrefix(work);
    const stopped = (): boolean => work.signal?.aborted === true;
    await work.pool.run({ images, stopped, onBatch: (batch) => attempt.take(batch) });
  } catch (error) {
    if (attempt.writeFailure === undefined) {
      await attempt.close();
      throw error;
    }
  } finally {
    await images.stop();
    work.record.seconds.hash += images.hashSeconds;
  }
  await attempt.close();
  if (attempt.writeFailure === undefined) checkInterrupted(work);
  return attempt.writeFailure;
}

/** Takes the batches of one attempt to its writer. */
class Attempt {
  /** What the writer threw, if it did. */
  writeFailure: unknown;
  readonly #writer: RowWriter;
  readonly #work: Computation;
  readonly #total: number;
  #done = 0;

  constructor(writer: RowWriter, work: Computation, total: number) {
    this.#writer = writer;
    this.#work = work;
    this.#total = total;
  }

  async take(batch: BatchResult): Promise<void> {
    const { record, listener, onProgress } = this.#work;
    record.addBatch(batch);
    roundRows(this.#work.storeDtype ?? "float32", batch.features);
    listener?.onRows(batch.sources, batch.features);
    const keys = rowKeys(batch.sources.map((source) => source.key));
    await this.#write(() => this.#writer.append(keys, batch.features));
    listener?.onWritten();
    this.#done += batch.sources.length + batch.skipped.length;
    onProgress?.({
      phase: "features",
      done: Math.min(this.#done, this.#total),
      total: this.#total,
      unit: "images",
    });
  }

  /** Finishes the last pack, also after a failure elsewhere: work done is kept. */
  async close(): Promise<void> {
    if (this.writeFailure === undefined) await this.#write(() => this.#writer.close()).catch(() => undefined);
    this.#work.record.bytesWritten += this.#writer.bytesWritten;
  }

  async #write(task: () => Promise<void>): Promise<void> {
    const begin = performance.now();
    try {
      await task();
    } catch (error) {
      this.writeFailure ??= error;
      throw error;
    } finally {
      this.#work.record.seconds.write += (performance.now() - begin) / 1000;
    }
  }
}

async function loadPrefix({
  pool,
  prefix,
  signature,
  preprocessing,
  batchSize = 8,
  draws,
  numericsClass,
}: Computation): Promise<void> {
  const model = signature.trivial ? {} : { model: encodeProgram(prefix, { sentinel: true }) };
  const drawing = draws === undefined ? {} : { draws };
  await pool.load({ signature, preprocessing, batchSize, ...model, ...drawing });
  const found = await pool.numericsClass();
  if (found === numericsClass) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `feature extraction: expected the numerics class "${found}" of this machine, got "${numericsClass}". Leave it out to have it found.`,
  );
}

function imagesOf(missing: readonly ViewSource[], { pool }: Computation): DecodeAhead<ViewSource> {
  return new DecodeAhead(missing, { ahead: Math.max(16, 4 * pool.workers), pixelBytes: waitingPixelBytes });
}

/** Images that have neither a feature nor a reason to have none. */
function stillMissing({ search, record }: Computation): readonly ViewSource[] {
  const skipped = new Set(record.skipped.map((each) => each.path));
  return search.missing().filter((source) => !source.paths.every((path) => skipped.has(path)));
}

function checkInterrupted(work: Computation): void {
  if (work.signal?.aborted !== true) return;
  const left = stillMissing(work).length;
  if (left === 0) return;
  const { computed } = work.record;
  const fate = work.group.inMemory ? "lost, as the store cannot be written" : "kept in the store";
  throw new PermafrostError(
    "INTERRUPTED",
    `features: stopped as asked after ${computed} new features, which are ${fate}; ${left} images are left. Run again to go on.`,
    { details: { phase: "features", kept: work.group.inMemory ? 0 : computed, left } },
  );
}

function expectAll(work: Computation): void {
  const lost = stillMissing(work).length;
  if (lost === 0) return;
  const reasons = work.group.problems.map((problem) => `${problem.path}: ${problem.reason}`);
  throw new PermafrostError(
    "STORE_DAMAGED",
    `feature store: ${lost} features were written and cannot be read back (${reasons.at(-1) ?? "no reason known"}). Check the disk, or set PERMAFROST_STORE to another place.`,
  );
}
