import type { Runtime } from "../../engine/runtime.ts";
import { SameThread } from "../../engine/sameThread.ts";
import { type Answering, Thread } from "../../engine/thread.ts";
import type { StepInfo } from "../../optimizers/optimizer.ts";
import { BatchBuffer } from "./batchBuffer.ts";
import { pieceLength, piecesOf } from "./statePieces.ts";
import { type TrainHandlers, trainHandlers } from "./trainHandlers.ts";
import type { TrainProgram, TrainState } from "./trainProgram.ts";

/** A batch that came back from the training thread. Hand it to `release` when it has been read. */
export interface StepResult {
  readonly batch: BatchBuffer;
  /** Training: the loss before the update (NaN: nothing was updated). Testing: the sum of the penalties. */
  readonly value: number;
}

/** The training thread seen from the main thread. Calls are answered in order; two may be under way to keep it busy. */
export class Trainer {
  readonly program: TrainProgram;
  readonly numericsClass: string;
  readonly #thread: Answering<TrainHandlers>;
  readonly #free: BatchBuffer[] = [];

  private constructor(program: TrainProgram, thread: Answering<TrainHandlers>, numericsClass: string) {
    this.program = program;
    this.#thread = thread;
    this.numericsClass = numericsClass;
  }

  /**
   * @param runtime - Of this thread, which must be a worker thread itself: the steps then run in it. Left out: in a thread of their
   *   own.
   */
  static async start(program: TrainProgram, runtime?: Runtime): Promise<Trainer> {
    const thread = runtime === undefined ? ownThread() : thisThread(runtime);
    try {
      const { numericsClass } = await thread.call("start", program);
      return new Trainer(program, thread, numericsClass);
    } catch (error) {
      await thread.close();
      throw error;
    }
  }

  /** Room for a batch: used before, if there is any. */
  takeBatch(): BatchBuffer {
    return this.#free.pop() ?? new BatchBuffer(this.program.layout);
  }

  release(batch: BatchBuffer): void {
    this.#free.push(batch);
  }

  /** One step over the first `count` samples. The batch is gone until the result comes. */
  train({ storage }: BatchBuffer, count: number, info: StepInfo): Promise<StepResult> {
    return this.#result(this.#thread.call("train", { storage, count, info }, [storage]));
  }

  /** Predictions and losses of the first `count` samples, in inference form. */
  test({ storage }: BatchBuffer, count: number): Promise<StepResult> {
    return this.#result(this.#thread.call("test", { storage, count }, [storage]));
  }

  #result(answer: Promise<{ readonly storage: ArrayBuffer; readonly value: number }>): Promise<StepResult> {
    const result = answer.then(({ storage, value }) => ({
      batch: new BatchBuffer(this.program.layout, storage),
      value,
    }));
    // It may fail while the caller still gathers the next batch; whoever waits for it later hears of it.
    result.catch(() => {});
    return result;
  }

  /** Copies of the weights, and whether all are finite numbers; with the optimizer's slots if asked for. */
  read(iteration: number, withSlots = false): Promise<TrainState & { readonly finite: boolean }> {
    return this.#thread.call("read", { iteration, withSlots });
  }

  /** Sets weights and slots: piece by piece in memory that comes back, so that no second copy of them waits to be collected. */
  async write(state: Pick<TrainState, "weights" | "slots">): Promise<void> {
    let storage = new ArrayBuffer(pieceLength * Float32Array.BYTES_PER_ELEMENT);
    for (const { values, ...piece } of piecesOf(state)) {
      const copy = new Float32Array(storage, 0, values.length);
      copy.set(values);
      storage = await this.#thread.call("write", { ...piece, values: copy }, [storage]);
    }
  }

  /** Puts the moving average of the weights in their place, or exchanges both. */
  async useAverage(how: "take" | "exchange"): Promise<void> {
    await this.#thread.call("useAverage", how);
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function ownThread(): Answering<TrainHandlers> {
  return new Thread<TrainHandlers>("training/thread/trainThread");
}

function thisThread(runtime: Runtime): Answering<TrainHandlers> {
  const handlers = trainHandlers(Promise.resolve(runtime));
  return new SameThread(handlers, handlers.stop);
}
