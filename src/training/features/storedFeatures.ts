import { PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import type { Engine, Program } from "../../engine/engine.ts";
import { type FeatureGroup, groupDigest, keyBytes, rowKeys } from "../../features/key.ts";
import { KeyIndex } from "../../features/keyIndex.ts";
import { keepWhere, keptInMemory, noteRate, readRates } from "../../features/measuredRates.ts";
import { checksumBytes, rowBytes, rowFormat } from "../../features/packFormat.ts";
import { sampleGroup } from "../../features/prefixGroup.ts";
import type { FeatureStore } from "../../features/store.ts";
import type { StoreGroup } from "../../features/storeGroup.ts";
import type { Graph } from "../../graph/graph.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import { type BatchSource, selectSamples } from "../samples/batchSource.ts";
import { prefixBatch } from "./frozenFeatures.ts";
import { outputsOf } from "./inference.ts";
import { nameAt, UnpackedFeatures } from "./unpackedFeatures.ts";

export interface StoredFeaturesOptions {
  readonly engine: Engine;
  /** From one data input to one output; its weights are constants. */
  readonly prefix: Graph;
  readonly store: FeatureStore;
  /** `SampleNames.preprocessing` of the samples. */
  readonly preprocessing: unknown;
  /** How many samples will be asked for, at least. */
  readonly samples: number;
}

/** Distinct samples that passed the frozen part now, and those whose features were in the store. */
export interface FeatureCounts {
  readonly computed: number;
  readonly reused: number;
}

/** Samples that are computed together when all of a source are wanted. */
const aheadSamples = 64;

/**
 * What a frozen part makes of named samples: read from the store where it is there, else computed and stored. Features
 * that are not in a finished pack yet are kept in memory, so its use is bounded by a pack. Close it when done.
 */
export class StoredFeatures {
  readonly #options: StoredFeaturesOptions;
  readonly #group: StoreGroup;
  readonly #description: FeatureGroup;
  readonly #shape: readonly number[];
  readonly #unpacked: UnpackedFeatures;
  readonly #counted = new KeyIndex();
  /** Loaded when something is to be computed. */
  #program: Promise<Program> | undefined;
  #computed = 0;
  #reused = 0;
  /** Seconds of reading samples and running the frozen part. */
  #seconds = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: StoredFeaturesOptions, description: FeatureGroup, group: StoreGroup) {
    this.#options = options;
    this.#description = description;
    this.#group = group;
    this.#shape = description.cut;
    this.#unpacked = new UnpackedFeatures(group);
  }

  static async open(options: StoredFeaturesOptions): Promise<StoredFeatures> {
    const { engine, store } = options;
    const description = sampleGroup(options, engine.numericsClass);
    const group = await store.group(description);
    try {
      const isSlowToStore = (await keepNew(options, description)) === "memory";
      if (isSlowToStore) group.keepInMemory();
      const features = new StoredFeatures(options, description, group);
      if (isSlowToStore) features.#unpacked.warnings.push(keptInMemory);
      return features;
    } catch (error) {
      group.close();
      throw error;
    }
  }

  /** What did not go as it should, in sentences for the user. */
  get warnings(): readonly string[] {
    return this.#unpacked.warnings;
  }

  get counts(): FeatureCounts {
    return { computed: this.#computed, reused: this.#reused };
  }

  /** The features of samples as a source, looked up or computed when they are read. */
  of(samples: BatchSource): BatchSource {
    const { forEpoch } = samples;
    return {
      samples: samples.samples,
      shape: this.#shape,
      read: (indices, into) => this.#inTurn(() => this.#read(samples, indices, into)),
      ...(forEpoch === undefined ? {} : { forEpoch: (epoch) => this.of(forEpoch.call(samples, epoch)) }),
    };
  }

  /**
   * Sees to it that the features of all samples are there.
   *
   * @throws PermafrostError INTERRUPTED when the signal was raised; what was computed is kept.
   */
  async fill(samples: BatchSource, { onProgress, signal }: WorkOptions): Promise<void> {
    const total = samples.samples;
    for (let done = 0; done < total; ) {
      const count = Math.min(aheadSamples, total - done);
      const indices = Uint32Array.from({ length: count }, (_, row) => done + row);
      if (signal?.aborted) throw interrupted(done, total);
      await this.#inTurn(async () => {
        await this.#compute(samples, indices, await keysOf(samples, indices));
      });
      done += count;
      onProgress?.({ phase: "features", done, total, unit: "samples" });
    }
    await this.#inTurn(() => this.#unpacked.finishPack());
  }

  /** Finishes what is being written and leaves the store in order. */
  async close(): Promise<void> {
    await this.#last;
    try {
      await this.#unpacked.finishPack();
      const { store } = this.#options;
      this.#unpacked.warnings.push(...(await store.tidy(this.#group, this.#description)));
      await this.#noteRate();
    } finally {
      this.#group.close();
      // What could not be loaded has been thrown already.
      await this.#program?.then(
        (program) => program.close(),
        () => undefined,
      );
    }
  }

  /** One after the other: two readers would compute the same feature twice. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #read(samples: BatchSource, indices: Uint32Array, into: Float32Array): Promise<void> {
    const keys = await keysOf(samples, indices);
    try {
      await this.#readNow(samples, indices, keys, into);
    } catch (error) {
      if (!(error instanceof PermafrostError) || error.code !== "STORE_DAMAGED") throw error;
      // Rows that were lost since they were looked up count as missing from now on.
      await this.#readNow(samples, indices, keys, into);
    }
  }

  async #readNow(
    samples: BatchSource,
    indices: Uint32Array,
    keys: Uint8Array,
    into: Float32Array,
  ): Promise<void> {
    const rows = await this.#compute(samples, indices, keys);
    const size = sizeOf(this.#shape);
    if (rows.every((row) => row >= 0)) {
      this.#group.readRows(rows, into);
      return;
    }
    for (const [at, row] of rows.entries()) {
      const target = into.subarray(at * size, (at + 1) * size);
      if (row >= 0) this.#group.readRows([row], target);
      else target.set(this.#unpacked.get(nameAt(keys, at))!);
    }
  }

  /** Computes the features that are nowhere. Hands back the rows of all in the store, -1 for those in memory. */
  async #compute(samples: BatchSource, indices: Uint32Array, keys: Uint8Array): Promise<Int32Array> {
    this.#unpacked.makeRoom();
    const rows = await this.#find(keys);
    const missing = new Map<string, number>();
    for (const [at, row] of rows.entries()) {
      const name = nameAt(keys, at);
      if (row < 0 && this.#unpacked.get(name) === undefined) missing.set(name, at);
    }
    const places = [...missing.values()];
    if (places.length > 0) {
      const { engine, prefix } = this.#options;
      const wanted = selectSamples(
        samples,
        Uint32Array.from(places, (at) => indices[at]!),
      );
      // Equal shares, so that no worker waits for the others.
      const rounds = Math.ceil(places.length / (engine.workers * prefixBatch));
      const batchSize = Math.ceil(places.length / (engine.workers * rounds));
      this.#program ??= engine.compile(prefix);
      const program = await this.#program;
      const begin = performance.now();
      const { data } = await outputsOf(engine, prefix, wanted, {
        program,
        batchSize,
        phase: "features",
      });
      this.#seconds += (performance.now() - begin) / 1000;
      await this.#unpacked.add([...missing.keys()], data);
    }
    this.#count(keys, missing);
    return places.length > 0 ? this.#group.find(keys) : rows;
  }

  /** Damaged rows count as missing. */
  async #find(keys: Uint8Array): Promise<Int32Array> {
    for (;;) {
      const rows = this.#group.find(keys);
      if ((await this.#group.verify(rows.filter((row) => row >= 0))) === 0) return rows;
    }
  }

  /** A later run, `train` and `plan` know then whether storing is worth its while. */
  async #noteRate(): Promise<void> {
    const { bytesWritten, writeSeconds: write } = this.#unpacked;
    await noteRate(this.#options.store, {
      group: this.#description,
      forwards: { computed: this.#computed },
      bytesWritten,
      seconds: { total: this.#seconds + write, verify: 0, write },
    });
  }

  #count(keys: Uint8Array, missing: ReadonlyMap<string, number>): void {
    this.#computed += missing.size;
    for (let at = 0; at < keys.length / keyBytes; at++) {
      if (this.#counted.find(keys, at) >= 0) continue;
      if (!missing.has(nameAt(keys, at))) this.#reused++;
      this.#counted.add(keys.subarray(at * keyBytes, (at + 1) * keyBytes));
    }
  }
}

/** Where new features are kept, by what earlier runs have measured. */
async function keepNew(
  { store, samples }: StoredFeaturesOptions,
  description: FeatureGroup,
): Promise<"store" | "memory"> {
  const rate = (await readRates(store.folder)).get(groupDigest(description));
  return keepWhere(rate, rowBytes(rowFormat(description)) + keyBytes + checksumBytes, samples);
}

async function keysOf({ names }: BatchSource, indices: Uint32Array): Promise<Uint8Array> {
  if (names === undefined) throw new PermafrostError("INTERNAL", "internal: samples without names.");
  return rowKeys(await names.keys(indices));
}

function interrupted(done: number, total: number): PermafrostError {
  return new PermafrostError(
    "INTERRUPTED",
    `computing features was interrupted after ${done} of ${total} samples; the model is unchanged. Features computed so far are kept.`,
  );
}
