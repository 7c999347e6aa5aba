import { mapConcurrently } from "../../augmentation/concurrently.ts";
import type { FoldData } from "./foldData.ts";
import type { FoldJudge } from "./foldJudge.ts";
import type { Candidate } from "./searchSpace.ts";

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
  readonly judge: FoldJudge;
  readonly data: Pick<FoldData, "labels" | "parts">;
  /** Number of the features of a cut and augmentation. */
  featuresOf(candidate: Candidate): number;
  /** Parts of the data that are folds: the first so many. */
  readonly folds: number;
  /** The rows that take part. */
  readonly rows: readonly number[];
  readonly onFold: () => void;
}

/** Trains a head for every candidate and fold, one a core at a time, and judges each on the fold it has not seen. */
export async function crossValidate(
  candidates: readonly Candidate[],
  epochs: number,
  work: CrossValidation,
): Promise<readonly OutOfFold[]> {
  const judged = candidates.map((candidate) => new JudgedCandidate(candidate, epochs, work));
  // Fold by fold, because trainings on the same rows follow each other fastest.
  const trainings = Array.from({ length: work.folds }, (_, fold) => judged.map((each) => ({ each, fold })));
  await mapConcurrently(trainings.flat(), work.judge.size, ({ each, fold }) => each.addFold(fold));
  return judged.map((each) => each.outcome());
}

/** Gathers what a candidate's heads say, fold by fold in any order. */
class JudgedCandidate {
  readonly #candidate: Candidate;
  readonly #epochs: number;
  readonly #work: CrossValidation;
  /** 1 for each row of all, that of no fold included, that is right. */
  readonly #right: Uint8Array;
  readonly #perFold: number[];
  /** Sums, by fold: added up in their order whichever ends first. */
  readonly #losses: number[];
  readonly #seconds: number[];
  #failure: string | undefined;

  constructor(candidate: Candidate, epochs: number, work: CrossValidation) {
    this.#candidate = candidate;
    this.#epochs = epochs;
    this.#work = work;
    this.#right = new Uint8Array(work.data.labels.length);
    const zeros = () => new Array<number>(work.folds).fill(0);
    this.#perFold = zeros();
    this.#losses = zeros();
    this.#seconds = zeros();
  }

  /** @throws PermafrostError INTERRUPTED. A loss that is no number fails the candidate instead. */
  async addFold(fold: number): Promise<void> {
    if (this.#failure === undefined) await this.#ask(fold);
    this.#work.onFold();
  }

  async #ask(fold: number): Promise<void> {
    const { judge, data, featuresOf } = this.#work;
    const candidate = this.#candidate;
    const training = { candidate, features: featuresOf(candidate), part: fold, epochs: this.#epochs };
    const { heldOutRows } = data.parts[fold]!;
    const { right, loss, seconds, failure } = await judge.ask(training);
    this.#seconds[fold] = seconds;
    this.#losses[fold] = loss;
    this.#failure ??= failure;
    this.#perFold[fold] = right.filter(Boolean).length / heldOutRows.length;
    for (const [at, row] of heldOutRows.entries()) this.#right[row] = right[at] ?? 0;
  }

  outcome(): OutOfFold {
    const right = Uint8Array.from(this.#work.rows, (row) => this.#right[row]!);
    return {
      candidate: this.#candidate,
      epochs: this.#epochs,
      right,
      loss: sumOf(this.#losses) / right.length,
      perFold: this.#failure === undefined ? this.#perFold : [],
      seconds: sumOf(this.#seconds),
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
