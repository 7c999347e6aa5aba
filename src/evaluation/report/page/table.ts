/** A table as plain data. */
export interface Table {
  readonly caption: string;
  /** The first column names its rows. */
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. A bar shows a share, 0 to 1, and is left out on narrow screens. Default "text". */
  readonly as?: "text" | "number" | "bar";
  /** Of a bar in parts, each with a colour: what they are. */
  readonly parts?: readonly string[];
}

/** A text, or a number with the text it is shown as. A bar's cell is its share, its text empty. */
export type Cell = string | NumberCell;

export interface NumberCell {
  readonly text: string;
  readonly value: number | null;
  /** Its interval, in small letters below it. */
  readonly interval?: string;
  /** Of a bar in parts: the share of each. */
  readonly parts?: readonly number[];
}
