import type { Digest } from "../../base/digest.ts";
import { digestOf } from "../../base/digest.ts";
import { packageVersion } from "../../base/version.ts";
import { crossEntropy } from "../../evaluation/probabilities.ts";
import { isLossNan } from "../phases/earlyEnd.ts";
import type { FinishedRuns } from "../phases/finishedRuns.ts";
import type { FoldData, FoldTraining } from "./foldData.ts";
import type { FoldThreads } from "./foldThreads.ts";

/** What a head says of the rows that were held out from it. */
export interface FoldAnswers {
  /** 1 for each row that is right, in the order of the part's held-out rows. */
  readonly right: Uint8Array;
  /** Sum over the rows. */
  readonly loss: number;
  /** Of the training, beside which others run. */
  readonly seconds: number;
  /** Why there are no numbers: the training's loss was none. */
  readonly failure?: string;
}

export interface FoldJudgeParts {
  readonly threads: FoldThreads;
  readonly data: FoldData;
  /** Of each of the data's features: of all that their numbers, rows and views hang on. */
  readonly digests: readonly Digest[];
  /** Parts of the data that are folds. */
  readonly folds: number;
  readonly finished: FinishedRuns;
  /** Whether trainings that were finished earlier are taken. */
  readonly resume: boolean;
}

/** Trains heads and keeps what each says, so that the same training is done once, whenever it is asked for again. */
export class FoldJudge {
  readonly #parts: FoldJudgeParts;
  #trained = 0;
  #kept = 0;

  constructor(parts: FoldJudgeParts) {
    this.#parts = parts;
  }

  /** Trainings that can run at a time. */
  get size(): number {
    return this.#parts.threads.size;
  }

  /** Trainings done now, and those found finished. */
  get trainings(): { readonly trained: number; readonly kept: number } {
    return { trained: this.#trained, kept: this.#kept };
  }

  /** @throws PermafrostError INTERRUPTED. A loss that is no number is an answer. */
  async ask(training: FoldTraining): Promise<FoldAnswers> {
    const { finished, resume } = this.#parts;
    const key = this.#keyOf(training);
    const name = digestOf(key);
    const earlier = resume ? await finished.find<AnswerRecord>(name, key) : undefined;
    if (earlier !== undefined) {
      this.#kept++;
      return { ...earlier, right: Uint8Array.from(earlier.right, Number) };
    }
    const answers = await this.#train(training);
    await finished.keep(name, key, { ...answers, right: answers.right.join("") });
    this.#trained++;
    return answers;
  }

  async #train(training: FoldTraining): Promise<FoldAnswers> {
    const { threads, data } = this.#parts;
    const begin = performance.now();
    const seconds = () => (performance.now() - begin) / 1000;
    try {
      const probabilities = await threads.train(training);
      const judged = judge(probabilities, data.parts[training.part]!.heldOutRows, data);
      return { ...judged, seconds: seconds() };
    } catch (error) {
      if (!isLossNan(error)) throw error;
      return { right: new Uint8Array(), loss: 0, seconds: seconds(), failure: error.message };
    }
  }

  /** All that the answers hang on. */
  #keyOf({ candidate, features, part, epochs }: FoldTraining): unknown {
    const { data, digests, folds } = this.#parts;
    const { batchSize, seed } = data;
    const settings = { candidate, epochs, batchSize, seed, folds, part };
    return { ...settings, features: digests[features]!, permafrost: packageVersion() };
  }
}

/** As it is kept: `right` is a text of zeros and ones. */
type AnswerRecord = Omit<FoldAnswers, "right"> & { readonly right: string };

function judge(
  probabilities: Float32Array,
  rows: Uint32Array,
  { labels, classes }: Pick<FoldData, "labels" | "classes">,
): Pick<FoldAnswers, "right" | "loss"> {
  let loss = 0;
  const right = Uint8Array.from(rows, (row, at) => {
    const label = labels[row]!;
    const own = probabilities.subarray(at * classes, (at + 1) * classes);
    loss += crossEntropy(own[label]!);
    return Number(own.indexOf(Math.max(...own)) === label);
  });
  return { right, loss };
}
