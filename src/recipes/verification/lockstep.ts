import type { Callback, TrainingControl } from "../../training/callbacks/callback.ts";

/** What the two ways of a training gave that is not the same. */
export interface StepDifference {
  /** Counted from 1. */
  readonly step: number;
  /** "loss", or the path of a weight. */
  readonly tensor: string;
  /** Place of the first number that differs; 0 for the loss. */
  readonly index: number;
  readonly plain: number;
  readonly stored: number;
}

/** What a way shows after a step. */
interface StepState {
  readonly loss: number;
  /** Of the trained weights. */
  readonly paths: readonly string[];
  readonly weights: readonly Float32Array[];
}

export type Way = "plain" | "stored";

/**
 * Runs two trainings step by step beside each other and compares loss and trained weights after each, bit by bit. Both
 * stop at the first difference, or after so many steps.
 */
export class Lockstep {
  /** Steps compared. */
  steps = 0;
  /** Loss of each step, of the plain way. */
  readonly losses: number[] = [];
  difference: StepDifference | undefined;
  /** Why one of the two ended early. */
  failure: { readonly error: unknown } | undefined;
  readonly #most: number;
  readonly #onStep: (step: number) => void;
  #waiting:
    | { readonly way: Way; readonly state: StepState; resume(): void; fail(error: unknown): void }
    | undefined;

  /**
   * @param most - Steps to compare.
   */
  constructor(most: number, onStep: (step: number) => void) {
    this.#most = most;
    this.#onStep = onStep;
  }

  /** The callback for one of the two trainings. */
  callback(way: Way): Callback {
    return {
      onTrainBatchEnd: async (_batch, _logs, control) => {
        await this.#meet(way, await stateOf(control));
        control.stopTraining = this.difference !== undefined || this.steps >= this.#most;
      },
    };
  }

  /** Lets the other training end when one has failed. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.#waiting?.fail(error);
  }

  /** Waits for the other way; whoever comes second compares. */
  #meet(way: Way, state: StepState): Promise<void> {
    if (this.failure !== undefined) throw this.failure.error;
    const other = this.#waiting;
    if (other === undefined) {
      return new Promise((resume, fail) => {
        this.#waiting = { way, state, resume, fail };
      });
    }
    this.#waiting = undefined;
    this.#compare(way === "plain" ? state : other.state, way === "plain" ? other.state : state);
    other.resume();
    return Promise.resolve();
  }

  #compare(plain: StepState, stored: StepState): void {
    this.steps++;
    this.losses.push(plain.loss);
    this.#onStep(this.steps);
    const tensors = [
      { tensor: "loss", plain: Float32Array.of(plain.loss), stored: Float32Array.of(stored.loss) },
      ...plain.paths.map((tensor, at) => ({
        tensor,
        plain: plain.weights[at]!,
        stored: stored.weights[at]!,
      })),
    ];
    for (const { tensor, plain: a, stored: b } of tensors) {
      const index = firstDifference(a, b);
      if (index < 0) continue;
      this.difference = { step: this.steps, tensor, index, plain: a[index]!, stored: b[index]! };
      return;
    }
  }
}

async function stateOf(control: TrainingControl): Promise<StepState> {
  return { loss: control.stepLoss, paths: control.paths, weights: await control.getWeights() };
}

/** Where two arrays first have different bits; -1: nowhere. */
export function firstDifference(a: Float32Array, b: Float32Array): number {
  const bits = (array: Float32Array) => new Uint32Array(array.buffer, array.byteOffset, array.length);
  const left = bits(a);
  const right = bits(b);
  return left.findIndex((value, index) => value !== right[index]);
}
