import { styleText } from "node:util";
import type { OnProgress } from "../base/progress.ts";
import { ProgressDisplay } from "./progressDisplay.ts";
import type { TextStream } from "./textStream.ts";

export interface OutputStreams {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
}

/** One JSON line: what happened, and its facts. */
export interface JsonEvent {
  readonly event: string;
  readonly [fact: string]: unknown;
}

/**
 * Where a command speaks. For people: results on stdout, remarks and progress on stderr.
 * With --json: one JSON object a line on stdout, everything else on stderr.
 */
export class Output {
  readonly json: boolean;
  readonly #streams: OutputStreams;
  readonly #progress: ProgressDisplay;

  constructor(streams: OutputStreams, json: boolean) {
    this.json = json;
    this.#streams = streams;
    this.#progress = new ProgressDisplay(streams.stderr);
  }

  /** Results for people; nothing in JSON mode. */
  print(text: string): void {
    if (this.json) return;
    this.#progress.clear();
    this.#streams.stdout.write(`${text}\n`);
  }

  /** One result for machines; nothing otherwise. */
  emit(event: JsonEvent): void {
    if (this.json) this.#streams.stdout.write(`${JSON.stringify(event)}\n`);
  }

  /** A remark beside the result, in both modes. */
  note(text: string): void {
    this.#progress.clear();
    this.#streams.stderr.write(`${text}\n`);
  }

  /** Something that the user should know and may want to mend. */
  warn(text: string): void {
    this.note(`${this.#color("yellow", "warning:")} ${text}`);
  }

  /** Why the command failed. */
  error(text: string): void {
    this.note(`${this.#color("red", "error:")} ${text}`);
  }

  readonly onProgress: OnProgress = (event) => this.#progress.show(event);

  /** Ends the progress display; call it before the process waits or exits. */
  close(): void {
    this.#progress.clear();
  }

  #color(color: "red" | "yellow", text: string): string {
    return this.#streams.stderr.isTTY === true ? styleText(color, text) : text;
  }
}
