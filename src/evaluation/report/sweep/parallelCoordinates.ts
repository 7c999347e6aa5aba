import type { SweepCandidate, SweepReport } from "../../sweep/sweepReport.ts";
import { variedSettings } from "../../sweep/variedSettings.ts";
import { type Html, html } from "../html.ts";
import { niceTicks } from "../niceTicks.ts";
import { rateText } from "../rateChart.ts";

const width = 760;
const height = 320;
const plot = { left: 140, right: 60, top: 34, bottom: 16 };
const titles = {
  head: "head",
  optimizer: "optimizer",
  learningRate: "learning rate",
  augment: "augmentation",
  cut: "cut",
} as const;
/** More names than this on one axis cannot be read. */
const mostNames = 12;

/** An upright line of the picture. */
interface Upright {
  readonly title: string;
  readonly labels: readonly { readonly text: string; readonly y: number }[];
  at(candidate: SweepCandidate): number;
}

/** Candidates as lines through their settings to their accuracy; undefined where nothing varies. */
export function parallelCoordinates({ candidates }: SweepReport): Html | undefined {
  const drawn = candidates.filter(({ failure }) => failure === undefined);
  const names = variedSettings(drawn);
  if (names.length === 0 || drawn.length < 2) return undefined;
  const uprights = [
    ...names.map((name) => (name === "learningRate" ? rateAxis(drawn) : nameAxis(drawn, name))),
    accuracyAxis(drawn),
  ];
  const x = (at: number) =>
    round(plot.left + ((width - plot.left - plot.right) * at) / (uprights.length - 1));
  // Strong lines are drawn over the others.
  const ordered = [...drawn].reverse();
  return html`<figure class="chart coordinates"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${drawn.length} candidates by ${names.map((name) => titles[name]).join(", ")} and accuracy; the table below has the numbers.">
${ordered.map((candidate) => html`<path class="${candidate.fromBest?.isNoise === true ? "strong" : "weak"}" d="M${uprights.map((upright, at) => `${x(at)} ${round(upright.at(candidate))}`).join("L")}"/>`)}
${uprights.map((upright, at) => drawUpright(upright, x(at), at === uprights.length - 1))}
</svg></figure>`;
}

function drawUpright({ title, labels }: Upright, x: number, isLast: boolean): Html {
  return html`<line class="axis" x1="${x}" x2="${x}" y1="${plot.top}" y2="${height - plot.bottom}"/>
<text class="title" x="${x}" y="${plot.top - 16}" text-anchor="middle">${title}</text>
${labels.map(({ text, y }) => html`<text x="${x + (isLast ? 8 : -8)}" y="${round(y + 4)}" text-anchor="${isLast ? "start" : "end"}">${text}</text>`)}`;
}

function nameAxis(
  candidates: readonly SweepCandidate[],
  name: "head" | "optimizer" | "augment" | "cut",
): Upright {
  const settingOf = ({ settings }: SweepCandidate) => settings[name] ?? "end";
  const values = [...new Set(candidates.map(settingOf))];
  const y = (at: number) => between((at + 0.5) / values.length);
  const every = Math.ceil(values.length / mostNames);
  return {
    title: titles[name],
    labels: values.flatMap((text, at) => (at % every === 0 ? [{ text: short(text), y: y(at) }] : [])),
    at: (candidate) => y(values.indexOf(settingOf(candidate))),
  };
}

function rateAxis(candidates: readonly SweepCandidate[]): Upright {
  const rates = candidates.map(({ settings }) => Math.log10(settings.learningRate));
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const y = (power: number) => between(1 - (power - low) / (high - low || 1));
  const powers = Array.from(
    { length: Math.floor(high + 1e-9) - Math.ceil(low - 1e-9) + 1 },
    (_, at) => Math.ceil(low - 1e-9) + at,
  );
  const shown = powers.length > 0 ? powers : [low, high];
  return {
    title: titles.learningRate,
    labels: shown.map((power) => ({ text: rateText(10 ** power), y: y(power) })),
    at: ({ settings }) => y(Math.log10(settings.learningRate)),
  };
}

function accuracyAxis(candidates: readonly SweepCandidate[]): Upright {
  const values = candidates.map(({ accuracy }) => accuracy);
  const ticks = niceTicks(Math.min(...values), Math.max(...values), 1);
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const y = (value: number) => between(1 - (value - low) / (high - low));
  return {
    title: "accuracy",
    labels: ticks.map((tick) => ({ text: `${Number((100 * tick).toFixed(1))}\u202f%`, y: y(tick) })),
    at: ({ accuracy }) => y(accuracy),
  };
}

function between(share: number): number {
  return plot.top + share * (height - plot.top - plot.bottom);
}

function short(text: string): string {
  return text.length > 20 ? `${text.slice(0, 19)}…` : text;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
