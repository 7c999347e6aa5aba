import { availableParallelism } from "node:os";
import type { WorkOptions } from "../base/progress.ts";
import type { Skipped } from "../data/dataset.ts";
import { computeMissing, type RowsListener } from "./computeMissing.ts";
import { ExtractionPool } from "./extractionPool.ts";
import { ExtractionRecord, type ExtractionSeconds } from "./extractionRecord.ts";
import { FeatureSearch } from "./featureSearch.ts";
import type { FeatureGroup } from "./key.ts";
import { checkedSignature, featureGroup, type PrefixInput } from "./prefixGroup.ts";
import type { FeatureStore } from "./store.ts";
import type { StoreGroup, StoreProblem } from "./storeGroup.ts";
import type { DrawSettings } from "./viewDraws.ts";
import { DistinctViews, type View } from "./views.ts";

export interface ExtractionOptions extends WorkOptions, PrefixInput {
  /** The images under their draws; equal views are computed once. */
  readonly views: Iterable<View>;
  /** Whose draws the views name; needed where one has a draw. */
  readonly draws?: DrawSettings;
  readonly store: FeatureStore;
  /** Where new features go (default "store"); those that are stored are used in any case. */
  readonly keep?: "store" | "memory";
  /** Name of the base network, noted in the store for people. */
  readonly base?: string;
  /** Worker threads (default: one a core). Each holds its own copy of the prefix's weights. */
  readonly workers?: number;
  /** Images in one run of the prefix (default 8). The features do not depend on it. */
  readonly batchSize?: number;
  /** `Engine.numericsClass`, if an engine is running: then no thread is started where nothing is to be computed. */
  readonly numericsClass?: string;
}

/** What an extraction has done. */
export interface ExtractionSummary {
  /** Files whose image cannot be used, each with the reason. */
  readonly skipped: readonly Skipped[];
  /** Distinct views that passed the prefix now, and those whose feature was in the store. */
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly bytesWritten: number;
  /** Packs and rows of the store that were damaged or foreign and were not used. */
  readonly problems: readonly StoreProblem[];
  /** What did not go as it should, in sentences for the user. */
  readonly warnings: readonly string[];
  readonly seconds: ExtractionSeconds;
  /** Where the features lie in the store. */
  readonly group: FeatureGroup;
  /** Rows that the group held before. */
  readonly rowsBefore: number;
}

/** An extraction that has looked into the store: it knows what is to be computed. */
export class Extraction {
  readonly search: FeatureSearch;
  readonly group: StoreGroup;
  readonly #options: ExtractionOptions;
  readonly #description: FeatureGroup;
  readonly #pool: ExtractionPool;
  readonly #record: ExtractionRecord;
  readonly #begin: number;
  readonly #rowsBefore: number;
  readonly #reused: number;

  private constructor(
    options: ExtractionOptions,
    description: FeatureGroup,
    pool: ExtractionPool,
    search: FeatureSearch,
    group: StoreGroup,
    found: { readonly begin: number; readonly reused: number; readonly seconds: number },
  ) {
    this.#options = options;
    this.#description = description;
    this.#pool = pool;
    this.search = search;
    this.group = group;
    this.#begin = found.begin;
    this.#rowsBefore = group.rows;
    this.#reused = found.reused;
    this.#record = new ExtractionRecord(options.store.warnings);
    this.#record.seconds.verify = found.seconds;
  }

  /** Opens the group and checks the features that are there. Close it when done. */
  static async open(options: ExtractionOptions): Promise<Extraction> {
    const begin = performance.now();
    checkedSignature(options);
    const pool = new ExtractionPool(options.workers ?? availableParallelism());
    try {
      const numericsClass = options.numericsClass ?? (await pool.numericsClass());
      const description = featureGroup(options, numericsClass);
      const group = await options.store.group(description);
      try {
        if (options.keep === "memory") group.keepInMemory();
        const search = new FeatureSearch(new DistinctViews(options.views), group);
        const stored = await search.checkStored();
        return new Extraction(options, description, pool, search, group, { begin, ...stored });
      } catch (error) {
        group.close();
        throw error;
      }
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** Files found to be unusable so far. */
  get skipped(): readonly Skipped[] {
    return this.#record.skipped;
  }

  /** Computes and stores what is missing. */
  async run(listener?: RowsListener): Promise<void> {
    const { numericsClass } = this.#description;
    await computeMissing({
      ...this.#options,
      signature: checkedSignature(this.#options),
      numericsClass,
      search: this.search,
      group: this.group,
      pool: this.#pool,
      record: this.#record,
      ...(listener === undefined ? {} : { listener }),
    });
    await this.#finish();
    this.#record.seconds.total = (performance.now() - this.#begin) / 1000;
  }

  /** Leaves the store in order and says what the user should know of the features. */
  async #finish(): Promise<void> {
    const { store, base } = this.#options;
    const { dtype, numericsClass } = this.#description;
    const { warnings } = this.#record;
    if (dtype !== "float32") {
      warnings.push(
        `features are stored as ${dtype}: rounded, so results are close to those of float32, not the same bits.`,
      );
    }
    for (const origin of this.group.origins) {
      warnings.push(
        `some features were computed by "${origin}" and imported with --trust-numerics; this machine is "${numericsClass}".`,
      );
    }
    warnings.push(...(await store.tidy(this.group, this.#description, base)));
  }

  summary(): ExtractionSummary {
    const record = this.#record;
    return {
      skipped: record.skipped,
      forwards: { computed: record.computed, reused: this.#reused },
      bytesWritten: record.bytesWritten,
      problems: this.group.problems,
      warnings: record.warnings,
      seconds: record.seconds,
      group: this.#description,
      rowsBefore: this.#rowsBefore,
    };
  }

  /** Ends the threads; the group stays open for who reads from it. */
  async endThreads(): Promise<void> {
    await this.#pool.close();
  }
}
