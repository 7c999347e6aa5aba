import { decimal } from "./format.ts";
import type { Plot } from "./page/plot.ts";

/** A range test: the loss at each rate, rates rising by the same factor. */
export interface RateCurve {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly smoothed: readonly number[];
  readonly suggestion: number | undefined;
}

/** How loss depends on the rate: each batch as a dot, the smoothed curve, the suggestion as a line from top to bottom. */
export function rateChart(curve: RateCurve): Plot {
  const { rates, losses, smoothed, suggestion } = curve;
  const top = ceiling(smoothed);
  const shown = (values: readonly number[]) =>
    values.map((loss, at) => [rates[at]!, loss <= top ? loss : null] as const);
  const bottom = Math.min(...smoothed, ...losses);
  return {
    title: "Loss by learning rate",
    summary: summary(curve),
    size: "large",
    x: { title: "learning rate", scale: "log" },
    y: { title: "loss", domain: [bottom, top] },
    series: [
      { name: "each batch", as: "points", color: "quiet", points: shown(losses) },
      { name: "smoothed", as: "line", color: 0, points: shown(smoothed) },
      ...(suggestion === undefined
        ? []
        : [
            {
              name: "suggestion",
              as: "guide",
              points: [
                [suggestion, bottom],
                [suggestion, top],
              ],
            } as const,
          ]),
    ],
    ...(suggestion === undefined
      ? {}
      : {
          marks: [
            {
              x: suggestion,
              y: smoothed[rates.indexOf(suggestion)]!,
              text: `${rateText(suggestion)}: falls fastest`,
              series: 1,
            },
          ],
        }),
  };
}

/** `0.001`, `3.2e-5`: two significant digits. */
export function rateText(rate: number): string {
  const short = Number(rate.toPrecision(2));
  return short >= 1e-3 && short < 1e4 ? String(short) : short.toExponential().replace("e+", "e");
}

/** The end of a diverging curve would press all the rest to the bottom: what is far above the beginning is left out. */
function ceiling(smoothed: readonly number[]): number {
  const lowest = Math.min(...smoothed);
  const beginning = smoothed[0]!;
  return Math.min(Math.max(...smoothed), beginning + Math.max(beginning - lowest, 0.5 * Math.abs(beginning)));
}

function summary({ rates, smoothed, suggestion }: RateCurve): string {
  const found = suggestion === undefined ? "It never falls." : `It falls fastest at ${rateText(suggestion)}.`;
  return `Loss from ${decimal(smoothed[0]!)} at a learning rate of ${rateText(rates[0]!)} to ${decimal(smoothed.at(-1)!)} at ${rateText(rates.at(-1)!)}. ${found}`;
}
