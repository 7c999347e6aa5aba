import type { Preprocessing } from "../../applications/preprocessing.ts";
import type { Digest } from "../../base/digest.ts";
import type { Sample } from "../../data/dataset.ts";
import type { FeatureTable } from "../../features/featureTable.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";
import { pictureSource } from "../data/pictureSource.ts";
import { featureSource } from "./imageFeatures.ts";

/** What the layers behind the cut read of images as they are. */
export interface CutFeatures {
  /** One row an image, in their order. */
  of(samples: readonly Pick<Sample, "path">[]): BatchSource;
  close(): void;
}

/** Features that the frozen part has made. */
export function storedFeatures(table: FeatureTable, digests: ReadonlyMap<string, Digest>): CutFeatures {
  return {
    of: (samples) => featureSource(table, samples, digests),
    close: () => table.close(),
  };
}

/** The pictures themselves, decoded each time: nothing of the network is frozen. */
export function pictureFeatures(preprocessing: Preprocessing): CutFeatures {
  return {
    of: (samples) => pictureSource(samples, preprocessing),
    close: () => undefined,
  };
}
