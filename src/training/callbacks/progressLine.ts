import type { Callback, TrainingControl } from "../callback.ts";
import type { Logs } from "../logs.ts";

/** Where text for people goes; process.stderr fits. */
export interface TextStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** 0: silent, 1: a bar for each epoch, 2: a line for each epoch. */
export type Verbosity = 0 | 1 | 2;

const barWidth = 20;
const redrawMilliseconds = 50;

/** Keras's progress lines. On a stream that is no terminal the bar is drawn once, when it is full. */
export class ProgressLine implements Callback {
  readonly #stream: TextStream;
  readonly #verbose: Verbosity;
  #started = 0;
  #firstStep = 0;
  #drawn = 0;

  constructor(stream: TextStream, verbose: Verbosity) {
    this.#stream = stream;
    this.#verbose = verbose;
  }

  onEpochBegin(epoch: number, { params }: TrainingControl): void {
    this.#started = performance.now();
    this.#firstStep = 0;
    this.#drawn = 0;
    if (this.#verbose > 0 && params.epochs > 1) this.#stream.write(`Epoch ${epoch + 1}/${params.epochs}\n`);
  }

  onTrainBatchEnd(batch: number, logs: Logs, { params }: TrainingControl): void {
    const now = performance.now();
    if (batch === 0) this.#firstStep = now;
    if (this.#verbose !== 1 || this.#stream.isTTY !== true || now - this.#drawn < redrawMilliseconds) return;
    this.#drawn = now;
    this.#stream.write(
      `\r${this.#bar(batch + 1, params.steps, this.#stepTime(batch + 1, now))}${show(logs)}`,
    );
  }

  onEpochEnd(_epoch: number, logs: Logs, { params }: TrainingControl): void {
    if (this.#verbose === 0) return;
    const now = performance.now();
    const { steps } = params;
    const time = this.#stepTime(steps, now);
    if (this.#verbose === 2) {
      const seconds = `${Math.round((now - this.#started) / 1000)}s`;
      this.#stream.write(`${steps}/${steps} - ${seconds} - ${duration(time)}/step${show(logs)}\n`);
      return;
    }
    const start = this.#stream.isTTY ? "\r" : "";
    this.#stream.write(`${start}${this.#bar(steps, steps, time)}${show(logs)}\n`);
  }

  /** Milliseconds a step; the first, which warms up, is left out. */
  #stepTime(steps: number, now: number): number {
    return steps > 1 ? (now - this.#firstStep) / (steps - 1) : now - this.#started;
  }

  #bar(done: number, steps: number, time: number): string {
    const full = Math.floor((barWidth * done) / steps);
    const bold = (text: string) => (this.#stream.isTTY ? `\u001b[1m${text}\u001b[0m` : text);
    const color = (code: number, text: string) =>
      this.#stream.isTTY && text !== "" ? `\u001b[${code}m${text}\u001b[0m` : text;
    const bar = color(32, "━".repeat(full)) + color(37, "━".repeat(barWidth - full));
    const left = (steps - done) * time;
    const clock = done === steps ? performance.now() - this.#started : left;
    return `${bold(`${done}/${steps}`)} ${bar} ${bold(`${Math.round(clock / 1000)}s`)} ${duration(time)}/step`;
  }
}

function show(logs: Logs): string {
  return Object.entries(logs)
    .map(([name, value]) => ` - ${name}: ${Math.abs(value) > 1e-3 ? value.toFixed(4) : exponential(value)}`)
    .join("");
}

/** Python's `%.4e`: two digits of exponent at least. */
function exponential(value: number): string {
  return value.toExponential(4).replace(/e([+-])(\d)$/, "e$10$2");
}

/** "61ms", "2s", "350us": Keras's units. */
function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${Math.round(milliseconds / 1000)}s`;
  if (milliseconds >= 1) return `${Math.round(milliseconds)}ms`;
  return `${Math.round(milliseconds * 1000)}us`;
}
