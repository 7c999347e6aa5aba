import type { TextStream } from "./progressLine.ts";

/** Options of callbacks that can say what they do. */
export interface Announcement {
  /** 1: say what is done. Default 0. */
  readonly verbose?: 0 | 1;
  /** Where to. Default: standard error. */
  readonly stream?: TextStream;
}

/** A line of its own below the bar of the epoch under way, as Keras writes it. */
export function announce({ verbose = 0, stream = process.stderr }: Announcement, text: string): void {
  if (verbose > 0) stream.write(`\n${text}\n`);
}
