import type { Split } from "../data/dataset.ts";
import { type DrawnBefore, explainDraws, explainGroup } from "../features/explain.ts";
import type { ExtractionSummary } from "../features/extract.ts";
import type { FeatureGroup } from "../features/key.ts";
import { noteRate } from "../features/measuredRates.ts";
import type { FeatureStore } from "../features/store.ts";
import { drawsBefore, noteDraws, storedGroups } from "../features/storeHistory.ts";
import type { Augmentation } from "./augmentation.ts";
import { type ForwardCounts, plainForwards, type Recomputation } from "./forwardCounts.ts";

/** What a run has computed, and why; it also remembers speed and draws for later runs. */
export class ForwardLog {
  readonly #store: FeatureStore;
  readonly #groupsBefore: readonly FeatureGroup[];
  readonly #recomputed: Recomputation[] = [];
  #computed = 0;
  #reused = 0;
  #bytesWritten = 0;

  private constructor(store: FeatureStore, groupsBefore: readonly FeatureGroup[]) {
    this.#store = store;
    this.#groupsBefore = groupsBefore;
  }

  /** To be called before anything is computed. */
  static async open(store: FeatureStore): Promise<ForwardLog> {
    return new ForwardLog(store, await storedGroups(store.folder));
  }

  /** Features of images as they are. */
  async addImages(summary: ExtractionSummary): Promise<void> {
    await this.#add("images", summary, explainGroup(summary, this.#groupsBefore));
  }

  /** Features of images under draws. */
  async addDrawn(summary: ExtractionSummary, { pipeline, seed }: Augmentation): Promise<void> {
    const { folder } = this.#store;
    const draws: DrawnBefore = { pipeline, seed };
    const before = await drawsBefore(folder, summary.group);
    const damaged = summary.problems.some((problem) => problem.row !== undefined);
    await this.#add("drawn views", summary, damaged ? "entry damaged" : explainDraws(before, draws));
    await noteDraws(folder, summary.group, draws);
  }

  outcome(
    samples: readonly { readonly split?: Split }[],
    epochs: number,
  ): {
    readonly forwards: ForwardCounts;
    readonly bytesWritten: number;
    readonly recomputed: readonly Recomputation[];
  } {
    const counts: Partial<Record<Split, number>> = {};
    for (const { split } of samples) if (split !== undefined) counts[split] = (counts[split] ?? 0) + 1;
    const avoided = Math.max(0, plainForwards(counts, epochs) - this.#computed);
    return {
      forwards: { computed: this.#computed, reused: this.#reused, avoided },
      bytesWritten: this.#bytesWritten,
      recomputed: this.#recomputed,
    };
  }

  async #add(views: string, summary: ExtractionSummary, reason: string): Promise<void> {
    const { computed, reused } = summary.forwards;
    this.#computed += computed;
    this.#reused += reused;
    this.#bytesWritten += summary.bytesWritten;
    if (computed > 0) this.#recomputed.push({ views, computed, reason });
    await noteRate(this.#store, summary);
  }
}
