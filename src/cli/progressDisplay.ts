import type { ProgressEvent } from "../base/progress.ts";
import { count, gibibytes } from "./text.ts";
import type { TextStream } from "./textStream.ts";

/** Work shorter than this shows nothing. */
const quietMilliseconds = 2_000;
const barIntervalMilliseconds = 100;
const lineIntervalMilliseconds = 5_000;

interface Phase {
  readonly name: string;
  readonly startedAt: number;
  /** When the phase before it was last heard of: reading a network may take a while before the first image is done. */
  readonly preparedFrom: number;
  shownAt: number;
}

/** Shows long work: a live bar on a terminal, a line every few seconds anywhere else. */
export class ProgressDisplay {
  readonly #stream: TextStream;
  readonly #now: () => number;
  #phase: Phase | undefined;
  #heardAt: number;
  #barIsUp = false;

  /** @param now - A clock in milliseconds; tests hand in their own. */
  constructor(stream: TextStream, now: () => number = Date.now) {
    this.#stream = stream;
    this.#now = now;
    this.#heardAt = now();
  }

  show(event: ProgressEvent): void {
    const now = this.#now();
    if (this.#phase?.name !== event.phase) {
      this.clear();
      const preparedFrom = this.#heardAt;
      this.#phase = { name: event.phase, startedAt: now, preparedFrom, shownAt: Number.NEGATIVE_INFINITY };
    }
    this.#heardAt = now;
    const phase = this.#phase;
    const live = this.#stream.isTTY === true;
    const interval = live ? barIntervalMilliseconds : lineIntervalMilliseconds;
    const finished = event.total !== undefined && event.done >= event.total;
    if (!this.#isLong(phase, event, now) || (now - phase.shownAt < interval && !finished)) return;
    phase.shownAt = now;
    const text = progressText(event, (now - phase.startedAt) / 1000);
    if (live) {
      this.#stream.write(`\r\x1b[2K${text.slice(0, (this.#stream.columns ?? 80) - 1)}`);
      this.#barIsUp = true;
    } else {
      this.#stream.write(`${text}\n`);
    }
  }

  /** Work that has taken two seconds, or has with its preparation and will take as long again. */
  #isLong(phase: Phase, { done, total, from = 0 }: ProgressEvent, now: number): boolean {
    const elapsed = now - phase.startedAt;
    if (elapsed >= quietMilliseconds) return true;
    if (total === undefined || done <= from || now - phase.preparedFrom < quietMilliseconds) return false;
    return (elapsed / (done - from)) * (total - done) >= quietMilliseconds;
  }

  /** Takes the bar away, so that something else can be written. */
  clear(): void {
    if (this.#barIsUp) this.#stream.write("\r\x1b[2K");
    this.#barIsUp = false;
  }
}

/** `features  [#####.....]  1,024/2,000 images  312/s  3 s left`. */
export function progressText(event: ProgressEvent, seconds: number): string {
  const rate = seconds > 0 ? (event.done - (event.from ?? 0)) / seconds : 0;
  const isBytes = event.unit === "bytes";
  const amount = (value: number) => (isBytes ? gibibytes(value) : count(value));
  const unit = isBytes ? "" : ` ${event.unit}`;
  const parts = [event.phase];
  if (event.total === undefined) parts.push(`${amount(event.done)}${unit}`);
  else parts.push(bar(event.done / event.total), `${amount(event.done)}/${amount(event.total)}${unit}`);
  if (rate > 0) parts.push(`${rate >= 10 ? amount(Math.round(rate)) : rate.toFixed(1)}/s`);
  if (event.total !== undefined && rate > 0 && event.done < event.total) {
    parts.push(`${duration((event.total - event.done) / rate)} left`);
  }
  if (event.note !== undefined) parts.push(event.note);
  return parts.join("  ");
}

const barWidth = 20;

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * barWidth);
  return `[${"#".repeat(full)}${".".repeat(barWidth - full)}]`;
}

/** `45 s`, `3 min 20 s`, `1 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
