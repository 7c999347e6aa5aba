import { type Html, html } from "../html.ts";
import { type Axis, placeAxis } from "./axis.ts";
import type { Coordinates } from "./coordinates.ts";
import { round, shortened, thinnedTicks } from "./drawing.ts";

const width = 340;
const margin = { left: 8, right: 10, top: 30, bottom: 24 };
/** Numbers stand beside their points, names above them. */
const numbersWidth = 48;
const numbersHeight = 110;
/** From one name to the next: its text, and its points below. */
const nameStep = 38;
/** Names beyond these have no room for a text of their own. */
const most = { names: 12, characters: 44 } as const;

/**
 * Parallel coordinates for narrow screens, where lines from axis to axis have no room: the last axis against each of the others, one
 * small picture below the other.
 */
export function drawPanels(chart: Coordinates): Html {
  return html`<div class="panels">${chart.axes.slice(0, -1).map((_, place) => drawPanel(chart, place))}</div>`;
}

function drawPanel({ title, axes, lines }: Coordinates, place: number): Html {
  const axis = axes[place]!;
  const measure = axes.at(-1)!;
  const points = lines.map(({ values, isStrong = false }) => ({
    setting: values[place]!,
    value: values.at(-1)!,
    isStrong,
  }));
  const { settings, bottom, left } = placeSettings(
    axis,
    points.map(({ setting }) => setting),
  );
  const shares = placeAxis(
    measure,
    points.map(({ value }) => value),
    [left, width - margin.right],
    4,
  );
  // The first ones are drawn last, strong ones over all others.
  const ordered = points.reverse().sort((a, b) => Number(a.isStrong) - Number(b.isStrong));
  return html`<svg viewBox="0 0 ${width} ${bottom + margin.bottom}" role="img" aria-label="${title}: ${measure.title} by ${axis.title}">
<text class="name" x="0" y="12">${axis.title}</text><text x="${width}" y="12" text-anchor="end">${measure.title}</text>
${shares.ticks.map(
  ({
    at,
    text,
  }) => html`<line class="grid" x1="${round(at)}" x2="${round(at)}" y1="${margin.top - 8}" y2="${bottom}"/>
<text x="${round(at)}" y="${bottom + 16}" text-anchor="middle">${text}</text>`,
)}
${thinnedTicks(settings, most.names).map(({ at, text }) => html`<text x="${margin.left}" y="${round(at + (axis.scale === "category" ? -10 : 4))}">${shortened(text, most.characters)}</text>`)}
${ordered.map(({ setting, value, isStrong }) => html`<circle class="dot ${isStrong ? "c1" : "quiet"}" cx="${round(shares.at(value))}" cy="${round(settings.at(setting))}" r="4.5"/>`)}
</svg>`;
}

/** Names stand from the top down, numbers from the bottom up. */
function placeSettings(axis: Axis, values: readonly number[]) {
  if (axis.scale === "category") {
    const { names = [] } = axis;
    const bottom = margin.top + nameStep * Math.min(names.length, most.names);
    const settings = placeAxis(axis, values, [margin.top + 6, bottom + 6], most.names);
    return { settings, bottom, left: margin.left + 5 };
  }
  const bottom = margin.top + numbersHeight;
  const settings = placeAxis(axis, values, [bottom - 8, margin.top], 4);
  return { settings, bottom, left: numbersWidth };
}
