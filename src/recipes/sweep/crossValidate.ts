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
  /** Of its trainings, several of which run at a time. */
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

/** Trains a head for every candidate and fold, one a core at a time, and judges each on the fold it has not seen. */
export async function crossValidate(
  candidates: readonly Candidate[],
  epochs: number,
  work: CrossValidation,
): Promise<readonly OutOfFold[]> {
  const judged = candidates.map((candidate) => new JudgedCandidate(candidate, epochs, work));
  const folds = Array.from({ length: work.foldCount }, (_, fold) => fold);
  const trainings = judged.flatMap((each) => folds.map((fold) => ({ each, fold })));
  await mapConcurrently(trainings, availableParallelism(), ({ each, fold }) => each.addFold(fold));
  return judged.map((each) => each.outcome());
}

/** Gathers what a candidate's heads say, fold by fold in any order. */
class JudgedCandidate {
  readonly #candidate: Candidate;
  readonly #epochs: number;
  readonly #work: CrossValidation;
  readonly #right: Uint8Array;
  readonly #perFold: number[];
  /** Sums, by fold: added up in their order whichever ends first. */
  readonly #losses: number[];
  #seconds = 0;
  #failure: string | undefined;

  constructor(candidate: Candidate, epochs: number, work: CrossValidation) {
    this.#candidate = candidate;
    this.#epochs = epochs;
    this.#work = work;
    this.#right = new Uint8Array(work.rows.length);
    this.#perFold = new Array<number>(work.foldCount).fill(0);
    this.#losses = new Array<number>(work.foldCount).fill(0);
  }

  /** @throws PermafrostError INTERRUPTED. A loss that is no number fails the candidate instead. */
  async addFold(fold: number): Promise<void> {
    const work = this.#work;
    if (work.signal?.aborted) throw new PermafrostError("INTERRUPTED", "sweep: stopped as asked.");
    const begin = performance.now();
    if (this.#failure === undefined) {
      try {
        await this.#train(fold);
      } catch (error) {
        if (!isLossNan(error)) throw error;
        this.#failure = error.message;
      }
    }
    this.#seconds += (performance.now() - begin) / 1000;
    work.onFold();
  }

  async #train(fold: number): Promise<void> {
    const work = this.#work;
    const candidate = this.#candidate;
    const features = work.features(candidate);
    const { trainRows, heldOutPlaces } = partsOf(work, fold);
    const heldOutRows = heldOutPlaces.map((place) => work.rows[place]!);
    const training = { ...work, candidate, features, trainRows, heldOutRows, epochs: this.#epochs };
    const judged = answers(await trainCandidate(training), heldOutRows, features, work.classes);
    this.#perFold[fold] = judged.right.filter(Boolean).length / heldOutRows.length;
    for (const [at, place] of heldOutPlaces.entries()) this.#right[place] = Number(judged.right[at]);
    this.#losses[fold] = judged.loss;
  }

  outcome(): OutOfFold {
    return {
      candidate: this.#candidate,
      epochs: this.#epochs,
      right: this.#right,
      loss: this.#losses.reduce((sum, each) => sum + each, 0) / this.#right.length,
      perFold: this.#failure === undefined ? this.#perFold : [],
      seconds: this.#seconds,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }
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
