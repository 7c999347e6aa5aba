import type { Chart } from "./chart.ts";
import type { Table } from "./table.ts";

/**
 * A page as plain data: what a training, an evaluation, a comparison, a sweep or a review has to show. `renderPage` makes HTML of it,
 * `pageMarkdown` and `pageTables` the same as text and tables; it is saved as it is (`report.json`), so that all of them can be made
 * again. Texts are plain: whoever renders them escapes them.
 */
export interface Page {
  readonly schema: typeof pageSchema;
  /** "Training report", "Evaluation", "Comparison", ... */
  readonly kind: string;
  /** What it is about, as people know it: the folder's name. */
  readonly title: string;
  /** ISO 8601. */
  readonly created: string;
  /** A line below the title. */
  readonly about: string;
  readonly answer: Answer;
  readonly sections: readonly Section[];
  /** Of permafrost. */
  readonly version: string;
}

export const pageSchema = "permafrost.page.1";

/** The first screen: the answer in a sentence, the three numbers that matter, the picture. */
export interface Answer {
  readonly sentence: string;
  /** How far the sentence can be trusted, and what to hold it against. */
  readonly remark?: string;
  /** Three, or none where there is nothing to count. */
  readonly numbers: readonly KeyNumber[];
  readonly pictureTitle?: string;
  readonly picture?: Block;
}

/** What a number or a word says beside its value: right and wrong have colours. */
export type Tone = "right" | "wrong";

export interface KeyNumber {
  /** As it is shown: "94.3 %". */
  readonly text: string;
  /** The number itself, for machines. */
  readonly value?: number | null;
  readonly meaning: string;
  readonly tone?: Tone;
}

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: "text"; readonly text: string; readonly isQuiet?: boolean }
  | {
      readonly kind: "list";
      readonly title?: string;
      readonly items: readonly string[];
      /** Behind its title, for those who ask. */
      readonly isFolded?: boolean;
    }
  | { readonly kind: "command"; readonly text: string }
  | {
      readonly kind: "facts";
      readonly title?: string;
      readonly facts: readonly (readonly [name: string, text: string])[];
      /** Behind its title, for those who ask. */
      readonly isFolded?: boolean;
    }
  | { readonly kind: "table"; readonly table: Table }
  | { readonly kind: "confusion"; readonly confusion: Confusion }
  /** One chart, or several beside each other. */
  | { readonly kind: "charts"; readonly charts: readonly Chart[] }
  | { readonly kind: "gallery"; readonly pictures: readonly Picture[] };

/** `confusion[true][predicted]`. */
export interface Confusion {
  readonly classNames: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** A picture with what is said of it. */
export interface Picture {
  /** Path as reports show it. */
  readonly name: string;
  /** `data:image/...;base64,...`, about 160 pixels wide; anything else is not shown. */
  readonly thumbnail?: string;
  /** Another one to be seen with it, of the same form: a heatmap, a copy. */
  readonly beside?: string;
  /** Line after line, each in pieces. */
  readonly lines: readonly (readonly Phrase[])[];
}

/** Words; strong ones name what the line is about. */
export type Phrase = string | { readonly strong: string; readonly tone?: Tone };
