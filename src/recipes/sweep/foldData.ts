import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import type { Candidate } from "./searchSpace.ts";
import type { ViewTable } from "./viewTable.ts";

/** What heads are trained on and judged by: plain data over shared memory, which every thread reads. */
export interface FoldData {
  /** For each cut and augmentation. */
  readonly features: readonly FoldFeatures[];
  /** Of all rows of the features. */
  readonly labels: Float32Array;
  readonly weights: Float32Array;
  readonly parts: readonly FoldPart[];
  readonly classes: number;
  readonly batchSize: number;
  readonly seed: number;
  /** One number in shared memory: 1 once trainings are to end. */
  readonly stop: Int32Array;
}

export interface FoldFeatures {
  /** The images as they are, one a row. */
  readonly plain: FeatureMatrix;
  /** Their views, epoch after epoch; left out: as they are. */
  readonly drawn?: ViewTable;
}

/** Rows that a head is trained on, and those that it is asked about. */
export interface FoldPart {
  readonly trainRows: Uint32Array;
  readonly heldOutRows: Uint32Array;
}

/** One training of a head. */
export interface FoldTraining {
  readonly candidate: Candidate;
  /** Place in `FoldData.features`, and in `FoldData.parts`. */
  readonly features: number;
  readonly part: number;
  readonly epochs: number;
}
