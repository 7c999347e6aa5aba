import { type Html, html } from "../html.ts";

/** What one colour of a chart means. */
export interface LegendKey {
  readonly text: string;
  /** How it looks: "line", "dashed", "points", "hollow", ... */
  readonly as: string;
  /** "c1" to "c8", or "quiet". */
  readonly color: string;
}

export function legend(keys: readonly LegendKey[]): Html {
  return html`<span class="legend">${keys.map(
    ({ text, as, color }) => html`<span class="key ${as} ${color}"><i></i>${text}</span> `,
  )}</span>`;
}

/** What strong and plain rows of a chart are. */
export interface Emphasis {
  readonly strong: string;
  readonly plain: string;
}
