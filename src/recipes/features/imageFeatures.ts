import type { Preprocessing } from "../../applications/preprocessing.ts";
import type { Digest } from "../../base/digest.ts";
import type { WorkOptions } from "../../base/progress.ts";
import type { Sample } from "../../data/dataset.ts";
import { type ExtractionResult, extractFeatures } from "../../features/extract.ts";
import type { FeatureTable } from "../../features/featureTable.ts";
import type { StoreDtype } from "../../features/key.ts";
import type { FeatureStore } from "../../features/store.ts";
import type { Graph } from "../../graph/graph.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";

/** A run of the base network over few images needs few threads: starting one costs as much as this many forwards. */
const imagesPerWorker = 64;

export interface ImageFeatureOptions extends WorkOptions {
  readonly prefix: Graph;
  readonly preprocessing: Preprocessing;
  readonly store: FeatureStore;
  readonly storeDtype?: StoreDtype;
  /** Where new features go (default "store"). */
  readonly keep?: "store" | "memory";
  /** Name of the base network, noted in the store. */
  readonly base?: string;
  /** Of the engine that runs beside the extraction. */
  readonly numericsClass: string;
  /** Worker threads at most: one a core. */
  readonly workers: number;
}

/** Features of labelled images by the content of their files. */
export function imageFeatures(
  samples: readonly Pick<Sample, "path">[],
  digests: ReadonlyMap<string, Digest>,
  { workers, ...options }: ImageFeatureOptions,
): Promise<ExtractionResult> {
  return extractFeatures({
    ...options,
    workers: workersFor(samples.length, workers),
    views: samples.map(({ path }) => ({ path, image: digests.get(path)! })),
  });
}

/** Threads that are worth starting for so many images. */
export function workersFor(images: number, most: number): number {
  return Math.max(1, Math.min(most, Math.ceil(images / imagesPerWorker)));
}

/** The features of some samples, in their order, as training and prediction read them. */
export function featureSource(
  table: FeatureTable,
  samples: readonly Pick<Sample, "path">[],
  digests: ReadonlyMap<string, Digest>,
): BatchSource {
  const rows = Int32Array.from(samples, ({ path }) => table.indexOf(digests.get(path)!) ?? -1);
  return {
    samples: samples.length,
    shape: table.rowShape,
    read(indices, into) {
      table.read(
        indices.map((index) => rows[index]!),
        into,
      );
    },
  };
}
