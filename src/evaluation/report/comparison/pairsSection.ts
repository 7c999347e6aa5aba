import type { ComparisonReport, PairSummary } from "../../comparison/comparisonReport.ts";
import type { Estimate } from "../../statistics/pairedEffect.ts";
import { pText } from "../../statistics/verdict.ts";
import { counted } from "../cells.ts";
import { count, plural, points, withMinus } from "../format.ts";
import type { Intervals } from "../page/intervals.ts";
import type { Block, Section } from "../page/page.ts";
import type { Cell, Table } from "../page/table.ts";

/** More pairs than this make a picture that nobody reads; the table has all. */
const mostDrawn = 15;
/** More sentences than this are folded away. */
const mostSentences = 6;

/** What the same images say of every two methods. */
export function pairsSection({ pairs, judgedBy }: ComparisonReport): Section | undefined {
  if (pairs.length === 0) return undefined;
  const sorted = [...pairs].sort((a, b) => a.corrected - b.corrected);
  const shown = sorted.filter(isShown);
  const images = plural(pairs[0]!.images, `${judgedBy} image`);
  return {
    title: "Which differences the images show",
    blocks: [
      ...sentences(
        `${shown.length} of ${plural(pairs.length, "pair")}: a difference that ${images} show`,
        shown,
      ),
      ...sentences(
        `${pairs.length - shown.length} of ${plural(pairs.length, "pair")}: no difference that ${images} show`,
        sorted.filter((pair) => !isShown(pair)),
      ),
      { kind: "charts", charts: [differences(sorted)] },
      {
        kind: "text",
        isQuiet: true,
        text:
          `McNemar's mid-p test of each pair of runs, seeds put together by twice the median, corrected for ${plural(pairs.length, "comparison")} (Holm). ` +
          "Only first, only second: images that just one of them has right, in the first pair of runs. " +
          "Would show: the smallest difference found with a chance of 80\u202f%. Images needed: for the difference seen.",
      },
      {
        kind: "table",
        table: { caption: `Every two methods on the same ${images}`, ...pairTable(sorted) },
      },
    ],
  };
}

function isShown({ verdict }: PairSummary): boolean {
  return verdict === "better" || verdict === "worse";
}

/** The surest ones, and the others behind a word. */
function sentences(title: string, pairs: readonly PairSummary[]): Block[] {
  if (pairs.length === 0) return [];
  const items = pairs.map(({ sentence }) => sentence);
  const rest = items.slice(mostSentences);
  return [
    { kind: "list", title, items: items.slice(0, mostSentences) },
    ...(rest.length === 0
      ? []
      : [{ kind: "list", title: `The other ${rest.length} of them`, items: rest, isFolded: true } as const]),
  ];
}

function differences(sorted: readonly PairSummary[]): Intervals {
  const surest = sorted.length > mostDrawn ? `, the ${mostDrawn} surest` : "";
  return {
    kind: "intervals",
    title: `Differences of accuracy with 95\u202f% intervals over images and seeds${surest}`,
    summary: `${sorted.filter(isShown).length} of ${plural(sorted.length, "interval")} and tests show a difference.`,
    names: "pair",
    values: { title: "first minus second, points", unit: "points" },
    guide: 0,
    emphasis: { strong: "a difference", plain: "cannot tell" },
    rows: sorted.slice(0, mostDrawn).map((pair) => ({
      name: nameOf(pair),
      value: pair.difference.value,
      interval: pair.difference.interval,
      isStrong: isShown(pair),
    })),
  };
}

function pairTable(pairs: readonly PairSummary[]): Omit<Table, "caption"> {
  const numbers = [
    "difference, points",
    "only first",
    "only second",
    "odds ratio",
    "Cohen's g",
    "p",
    "corrected",
    "would show, points",
    "images needed",
  ];
  return {
    columns: [{ title: "pair" }, ...numbers.map((title) => ({ title, as: "number" }) as const)],
    rows: pairs.map((pair) => [
      nameOf(pair),
      { ...pointsCell(pair.difference.value), interval: spanOf(pair.difference, pointsText) },
      counted(pair.onlyFirst),
      counted(pair.onlySecond),
      effectCell(pair.oddsRatio),
      effectCell(pair.cohensG),
      { text: pText(pair.p), value: pair.p },
      { text: pText(pair.corrected), value: pair.corrected },
      pointsCell(pair.detectable),
      pair.imagesNeeded === null
        ? "none would"
        : { text: count(pair.imagesNeeded), value: finite(pair.imagesNeeded) },
    ]),
  };
}

function nameOf({ first, second }: PairSummary): string {
  return `${first} \u2212 ${second}`;
}

function pointsText(share: number): string {
  return withMinus(points(share));
}

function pointsCell(value: number): { readonly text: string; readonly value: number } {
  return { text: pointsText(value), value };
}

/** Where only one of two methods has images to itself, the odds have no end. */
function effectCell(estimate: Estimate | null): Cell {
  if (estimate === null) return "none";
  const show = (value: number | null) =>
    value === null || !Number.isFinite(value) ? "∞" : withMinus(value.toFixed(2).replace(/^-0\.00$/, "0.00"));
  return { text: show(estimate.value), value: finite(estimate.value), interval: spanOf(estimate, show) };
}

function spanOf({ interval }: Estimate, show: (value: number) => string): string {
  return interval.map(show).join(" to ");
}

/** JSON has no infinity. */
function finite(value: number | null): number | null {
  return Number.isFinite(value) ? value : null;
}
