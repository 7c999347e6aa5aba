import type { Logs } from "../measuring/logs.ts";
import { pythonFormat } from "./pythonText.ts";

const barWidth = 20;

/** Colours and bold type of a terminal. */
const codes = { bold: 1, green: 32, grey: 37 } as const;

/** The text of Keras's progress bar. It has no clock of its own: all times are in milliseconds on the caller's. */
export class ProgressBar {
  readonly #steps: number;
  readonly #started: number;
  readonly #colored: boolean;
  #firstStep: number | undefined;
  #width = 0;

  /** @param colored - Write a terminal's codes for colours and bold type. */
  constructor(steps: number, started: number, colored: boolean) {
    this.#steps = steps;
    this.#started = started;
    this.#colored = colored;
  }

  /**
   * The step time leaves the first step out, which warms up. To be told of every step.
   *
   * @param done - Steps that are done.
   */
  step(done: number, now: number): void {
    if (done === 1) this.#firstStep = now;
  }

  /** `37/100 ━━━━━━━━━━━━━━━━━━━━ 20s 330ms/step - loss: 0.6931`; with the time left, or at the end the time taken. */
  bar(done: number, logs: Logs, now: number, isLast: boolean): string {
    const full = Math.floor(barWidth * (done / this.#steps));
    const time = this.#stepTime(done, now);
    const clock = isLast ? this.#elapsed(now) : timeLeft(time * (this.#steps - done));
    const count = `${done}`.padStart(`${this.#steps}`.length);
    const parts = {
      count: `${count}/${this.#steps}`,
      done: "━".repeat(full),
      left: "━".repeat(barWidth - full),
      rest: `${duration(time)}/step${showLogs(logs)}`,
    };
    const width = `${parts.count} ${parts.done}${parts.left} ${clock} ${parts.rest}`.length;
    // What a longer line before this one left on the screen is written over.
    const rubber = this.#colored ? " ".repeat(Math.max(0, this.#width - width)) : "";
    this.#width = width;
    const bar = (full > 0 ? this.#paint("green", parts.done) : "") + this.#paint("grey", parts.left);
    return `${this.#paint("bold", parts.count)} ${bar} ${this.#paint("bold", clock)} ${parts.rest}${rubber}`;
  }

  /** `3/3 - 0s - 61ms/step - loss: 0.7481`. */
  line(logs: Logs, now: number): string {
    const time = duration(this.#stepTime(this.#steps, now));
    const measured = showLogs(logs, (value) => value > 1e-3);
    return `${this.#steps}/${this.#steps} - ${this.#elapsed(now)} - ${time}/step${measured}`;
  }

  #stepTime(done: number, now: number): number {
    return done > 1 && this.#firstStep !== undefined
      ? (now - this.#firstStep) / (done - 1)
      : (now - this.#started) / done;
  }

  #elapsed(now: number): string {
    return `${Math.round((now - this.#started) / 1000)}s`;
  }

  #paint(code: keyof typeof codes, text: string): string {
    return this.#colored ? `\u001b[${codes[code]}m${text}\u001b[0m` : text;
  }
}

/** "20s", "4:04", "4:09:27". */
function timeLeft(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (count: number) => `${count}`.padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (seconds > 3600) return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return seconds > 60 ? `${minutes}:${two(seconds % 60)}` : `${seconds}s`;
}

/** "61ms", "2s", "350us": Keras's units. */
function duration(milliseconds: number): string {
  if (milliseconds >= 1000 || milliseconds === 0) return `${Math.round(milliseconds / 1000)}s`;
  if (milliseconds >= 1) return `${Math.round(milliseconds)}ms`;
  return `${Math.round(milliseconds * 1000)}us`;
}

/** Keras's one-line form takes negative numbers for small ones. */
function showLogs(logs: Logs, isLarge = (value: number) => Math.abs(value) > 1e-3): string {
  return Object.entries(logs)
    .map(([name, value]) => ` - ${name}: ${pythonFormat(value, isLarge(value) ? ".4f" : ".4e")}`)
    .join("");
}
