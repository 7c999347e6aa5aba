import { availableParallelism } from "node:os";
import { mapConcurrently } from "../../augmentation/concurrently.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import { crossEntropy } from "../../evaluation/probabilities.ts";
import { isLossNan } from "../phases/earlyEnd.ts";
import type { Candidate } from "./searchSpace.ts";
import type { SweepFeatures } from "./sweepFeatures.ts";
import { trainCandidate } from "./trainCandidate.ts";

/** What heads that were not trained on an image say of it: out-of-fold answers of one candidate. */
export interface OutOfFold {
  readonly candidate: Candidate;
  readonly epochs: number;
  /** 1 for each image that is right, in the order of the cross-validation's rows. */
  readonly right: Uint8Array;
  readonly loss: number;
  /** Accuracy of each fold. */
  readonly perFold: readonly number[];
  readonly seconds: number;
  /** Why it has no numbers: its loss was none. */
  readonly failure?: string;
}

export interface CrossValidation {
  /** By cut and augmentation. */
  features(candidate: Candidate): SweepFeatures;
  /** The rows that take part. */
  readonly rows: readonly number[];
  /** Fold of each of them. */
  readonly folds: readonly number[];
  readonly foldCount: number;
  readonly classes: number;
  readonly batchSize: number;
  readonly seed: number;
  readonly engine: Engine;
  readonly signal: AbortSignal | undefined;
  readonly onFold: () => void;
}

/** Trains a head for every candidate and fold, several at a time, and judges each on the fold it has not seen. */
export async function crossValidate(
  candidates: readonly Candidate[],
  epochs: number,
  work: CrossValidation,
): Promise<readonly OutOfFold[]> {
  return mapConcurrently(candidates, availableParallelism(), async (candidate) => {
    if (work.signal?.aborted) throw new PermafrostError("INTERRUPTED", "sweep: stopped as asked.");
    return judge(candidate, epochs, work);
  });
}

async function judge(candidate: Candidate, epochs: number, work: CrossValidation): Promise<OutOfFold> {
  const begin = performance.now();
  const features = work.features(candidate);
  const right = new Uint8Array(work.rows.length);
  const perFold: number[] = [];
  let loss = 0;
  let failure: string | undefined;
  for (let fold = 0; fold < work.foldCount && failure === undefined; fold++) {
    const { trainRows, heldOutPlaces } = partsOf(work, fold);
    const heldOutRows = heldOutPlaces.map((place) => work.rows[place]!);
    try {
      const training = { ...work, candidate, features, trainRows, heldOutRows, epochs };
      const judged = answers(await trainCandidate(training), heldOutRows, features, work.classes);
      perFold.push(judged.right.filter(Boolean).length / heldOutRows.length);
      for (const [at, place] of heldOutPlaces.entries()) right[place] = Number(judged.right[at]);
      loss += judged.loss;
    } catch (error) {
      if (!isLossNan(error)) throw error;
      failure = error.message;
    }
    work.onFold();
  }
  return {
    candidate,
    epochs,
    right,
    loss: loss / right.length,
    perFold,
    seconds: (performance.now() - begin) / 1000,
    ...(failure === undefined ? {} : { failure }),
  };
}

function partsOf({ rows, folds }: CrossValidation, fold: number) {
  return {
    trainRows: rows.filter((_, place) => folds[place] !== fold),
    heldOutPlaces: folds.flatMap((of, place) => (of === fold ? [place] : [])),
  };
}

/** Which rows are right, and the sum of their losses. */
export function answers(
  probabilities: Float32Array,
  rows: readonly number[],
  { samples }: Pick<SweepFeatures, "samples">,
  classes: number,
): { readonly right: readonly boolean[]; readonly loss: number } {
  let loss = 0;
  const right = rows.map((row, at) => {
    const { label } = samples[row]!;
    const own = probabilities.subarray(at * classes, (at + 1) * classes);
    loss += crossEntropy(own[label]!);
    return own.indexOf(Math.max(...own)) === label;
  });
  return { right, loss };
}
