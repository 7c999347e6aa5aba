import path from "node:path";
import type { Split } from "../../data/dataset.ts";
import { type DrawnBefore, explainDraws, explainGroup, explainLoss } from "../../features/explain.ts";
import type { ExtractionSummary } from "../../features/extract.ts";
import { type FeatureGroup, groupDigest } from "../../features/key.ts";
import { type GroupNote, readNote } from "../../features/maintenance/groupNote.ts";
import { noteRate } from "../../features/measuredRates.ts";
import type { FeatureStore } from "../../features/store.ts";
import { formatFolder } from "../../features/storeFolder.ts";
import { drawsBefore, noteDraws, storedGroups } from "../../features/storeHistory.ts";
import type { Augmentation } from "../request/augmentation.ts";
import { type ForwardCounts, plainForwards, type Recomputation } from "../request/forwardCounts.ts";

/** What a run has computed, and why; it also remembers speed and draws for later runs. */
export class ForwardLog {
  readonly #store: FeatureStore;
  readonly #groupsBefore: readonly FeatureGroup[];
  readonly #recomputed: Recomputation[] = [];
  readonly #opened = new Date().toISOString();
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

  /**
   * Features of images as they are.
   *
   * @param cut - What is said of features at a cut where nothing was stored before; left out: how the group differs from others.
   */
  async addImages(summary: ExtractionSummary, cut?: string): Promise<void> {
    const removed = await this.#removedBefore(summary.group);
    const isNewCut = cut !== undefined && summary.rowsBefore === 0 && removed === undefined;
    const reason = isNewCut ? cut : explainGroup(summary, this.#groupsBefore, removed);
    await this.#add("images", summary, reason);
  }

  /** Features of images under draws. */
  async addDrawn(summary: ExtractionSummary, { pipeline, seed }: Augmentation): Promise<void> {
    const { folder } = this.#store;
    const draws: DrawnBefore = { pipeline, seed };
    const before = await drawsBefore(folder, summary.group);
    const lost = explainLoss(summary, await this.#removedBefore(summary.group));
    await this.#add("drawn views", summary, explainDraws(before, draws, lost));
    await noteDraws(folder, summary.group, draws);
  }

  /**
   * Epochs without a frozen part: the base runs on every image of every step, and on all of them for the scores.
   *
   * @param unlabelled - How many images of each epoch have no label, so that they are not scored.
   */
  addPlain(samples: readonly { readonly split?: Split }[], epochs: number, unlabelled = 0): void {
    this.#computed += plainForwards(splitCounts(samples), epochs) + epochs * unlabelled;
  }

  outcome(
    samples: readonly { readonly split?: Split }[],
    epochs: number,
  ): {
    readonly forwards: ForwardCounts;
    readonly bytesWritten: number;
    readonly recomputed: readonly Recomputation[];
  } {
    const avoided = Math.max(0, plainForwards(splitCounts(samples), epochs) - this.#computed);
    return {
      forwards: { computed: this.#computed, reused: this.#reused, avoided },
      bytesWritten: this.#bytesWritten,
      recomputed: this.#recomputed,
    };
  }

  /** What was last removed from a group, unless this run itself did it when its features were there already. */
  async #removedBefore(group: FeatureGroup): Promise<GroupNote["removed"]> {
    const { folder } = this.#store;
    if (folder === undefined) return undefined;
    const { removed } = await readNote(path.join(folder, formatFolder, groupDigest(group)));
    return removed === undefined || removed.time >= this.#opened ? undefined : removed;
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

function splitCounts(samples: readonly { readonly split?: Split }[]): Partial<Record<Split, number>> {
  const counts: Partial<Record<Split, number>> = {};
  for (const { split } of samples) if (split !== undefined) counts[split] = (counts[split] ?? 0) + 1;
  return counts;
}
