import type { Logs } from "../measuring/logs.ts";
import type { Callback, TrainingControl } from "./callback.ts";
import { ProgressBar } from "./progressBar.ts";

/** Where text for people goes; process.stderr fits. */
export interface TextStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** 0: silent, 1: a bar for each epoch, 2: a line for each epoch. */
export type Verbosity = 0 | 1 | 2;

const redrawMilliseconds = 50;

/** Keras's ProgbarLogger. On a stream that is no terminal the bar is drawn once, when it is full. */
export class ProgressLine implements Callback {
  readonly #stream: TextStream;
  readonly #verbose: Verbosity;
  #bar = new ProgressBar(1, 0, false);
  #drawn = 0;

  constructor(stream: TextStream, verbose: Verbosity) {
    this.#stream = stream;
    this.#verbose = verbose;
  }

  onEpochBegin(epoch: number, { params }: TrainingControl): void {
    this.#bar = new ProgressBar(params.steps, performance.now(), this.#stream.isTTY === true);
    this.#drawn = 0;
    if (this.#verbose > 0 && params.epochs > 1) this.#stream.write(`Epoch ${epoch + 1}/${params.epochs}\n`);
  }

  onTrainBatchEnd(batch: number, logs: Logs): void {
    const now = performance.now();
    this.#bar.step(batch + 1, now);
    if (this.#verbose !== 1 || this.#stream.isTTY !== true || now - this.#drawn < redrawMilliseconds) return;
    this.#drawn = now;
    this.#stream.write(`\r${this.#bar.bar(batch + 1, logs, now, false)}`);
  }

  onEpochEnd(_epoch: number, logs: Logs, { params }: TrainingControl): void {
    if (this.#verbose === 0) return;
    const now = performance.now();
    if (this.#verbose === 2) this.#stream.write(`${this.#bar.line(logs, now)}\n`);
    else {
      const start = this.#stream.isTTY ? "\r" : "";
      this.#stream.write(`${start}${this.#bar.bar(params.steps, logs, now, true)}\n`);
    }
  }
}
