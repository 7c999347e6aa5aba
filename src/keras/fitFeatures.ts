import type { WorkOptions } from "../base/progress.ts";
import type { Engine } from "../engine/engine.ts";
import { FeatureStore } from "../features/store.ts";
import { storeFolder } from "../features/storeFolder.ts";
import type { Graph } from "../graph/graph.ts";
import { frozenFeatures } from "../training/features/frozenFeatures.ts";
import { type FeatureCounts, StoredFeatures } from "../training/features/storedFeatures.ts";
import type { History } from "../training/measuring/history.ts";
import type { FitOptions } from "../training/runs/fitOptions.ts";
import type { BatchSource } from "../training/samples/batchSource.ts";

/** Where `fit` keeps what the frozen part of a network makes of samples. */
export interface FeatureStoreOption {
  /**
   * Folder of the feature store; false: nothing is kept beyond the run. Default: PERMAFROST_STORE, else the user's cache
   * folder, as for the command line.
   */
  readonly store?: string | false;
}

/** The features that one call of `fit`, `evaluate` or `predict` works on. */
export class FitFeatures {
  readonly #folder: string | undefined;
  readonly #parts: StoredFeatures[] = [];
  #store: FeatureStore | undefined;

  constructor({ store }: FeatureStoreOption) {
    this.#folder = store === false ? undefined : (store ?? storeFolder());
  }

  /** Whether features of these samples can be looked up in a later run. */
  canStore(samples: BatchSource): boolean {
    return this.#folder !== undefined && samples.names !== undefined;
  }

  /**
   * The features of samples: from the store where they can be named, else computed and kept in memory.
   *
   * @param changing - The samples are other ones in each epoch, so they are looked up as an epoch asks for them.
   */
  async of(
    engine: Engine,
    prefix: Graph,
    samples: BatchSource,
    work: WorkOptions,
    changing = samples.forEpoch !== undefined,
  ): Promise<BatchSource> {
    if (this.#folder === undefined || samples.names === undefined) {
      return frozenFeatures(engine, prefix, samples, work);
    }
    this.#store ??= await FeatureStore.open(this.#folder);
    const { preprocessing } = samples.names;
    const part = await StoredFeatures.open({
      engine,
      prefix,
      store: this.#store,
      preprocessing,
      samples: samples.samples,
    });
    this.#parts.push(part);
    if (!changing) await part.fill(samples, work);
    return part.of(samples);
  }

  /** Runs some work on these features and leaves the store in order. */
  async closing<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } finally {
      for (const part of this.#parts) await part.close();
    }
  }

  /** Runs a training on these features; the history says what was computed for it. */
  async during(train: () => Promise<History>, options: FitOptions): Promise<History> {
    const history = await this.closing(train);
    if (this.#store === undefined) return history;
    const features = this.#counts();
    this.#tell(features, options);
    return { ...history, features };
  }

  #counts(): FeatureCounts {
    const sum = (kind: keyof FeatureCounts): number =>
      this.#parts.reduce((total, { counts }) => total + counts[kind], 0);
    return { computed: sum("computed"), reused: sum("reused") };
  }

  #tell({ computed, reused }: FeatureCounts, { stream = process.stderr, verbose = 0 }: FitOptions): void {
    if (verbose === 0) return;
    const warnings = [...(this.#store?.warnings ?? []), ...this.#parts.flatMap((part) => part.warnings)];
    for (const warning of warnings) stream.write(`warning: ${warning}\n`);
    stream.write(`features of the frozen part: ${computed} computed, ${reused} from the store\n`);
  }
}
