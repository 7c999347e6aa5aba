import type { Html } from "../html.ts";
import type { Shape } from "./shape.ts";
import type { Table } from "./table.ts";

/** What a kind of chart knows of its charts. */
export interface ChartKind<Data> {
  /** Of charts that come from a file. */
  readonly shape: Shape;
  /** What the figure is called in the style sheet. */
  look(chart: Data): string;
  /** What its colours mean, beside the title. */
  legend(chart: Data): Html | undefined;
  /** The picture, an `svg` that names itself. */
  draw(chart: Data): Html;
  /** All its numbers. */
  table(chart: Data): Table;
}
