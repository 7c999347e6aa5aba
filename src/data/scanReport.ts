import type { Dataset, Split } from "./dataset.ts";

/** How much a finding matters: an error spoils training or its evaluation, a warning may, a note says what is done. */
export type Severity = "error" | "warning" | "note";

export type FindingKind =
  | "layout"
  | "left-out"
  | "not-an-image"
  | "repeated-row"
  | "unreadable"
  | "leak"
  | "label-conflict"
  | "duplicate"
  | "near-duplicate"
  | "content-mismatch"
  | "small"
  | "extreme-aspect"
  | "imbalance"
  | "exif-rotated"
  | "animated"
  | "alpha"
  | "cmyk"
  | "deep-colour"
  | "grey";

/** One thing worth knowing about a data set. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** The images concerned, named as in the data set; empty where the whole set is meant. */
  readonly paths: readonly string[];
  /** What was found and what is done, or what to do. */
  readonly text: string;
}

/** Least, middle (lower one of two) and largest of a list of numbers. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Images of one class: in all, and by split. `open` counts those without a given split. */
export interface ClassCounts {
  readonly className: string;
  readonly total: number;
  readonly splits: Readonly<Record<Split | "open", number>>;
}

/** What is in a data set: plain JSON data. */
export interface ScanReport {
  readonly root: string;
  readonly layout: Dataset["layout"];
  /** Every image file, readable or not. */
  readonly images: number;
  readonly unreadable: number;
  /** Bytes of all image files. */
  readonly bytes: number;
  /** In the order of labels. */
  readonly classes: readonly ClassCounts[];
  /** Number of images of each format, told by content. */
  readonly formats: Readonly<Record<string, number>>;
  /** Pixels of the readable images, upright; null without any. */
  readonly width: Spread | null;
  readonly height: Spread | null;
  /** Hidden files and folders that were passed over. */
  readonly hidden: number;
  /** Worst first. */
  readonly findings: readonly Finding[];
}
