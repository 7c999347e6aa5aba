import { type CalibrationScores, reliabilityBins } from "../../calibration.ts";
import type { ClassDetails } from "../../columnDetails.ts";
import { thinned } from "../../curves.ts";
import type { JudgedLabels } from "../../evaluationReport.ts";
import { count, percent } from "../format.ts";
import type { Intervals } from "../page/intervals.ts";
import type { ChartPoint, Plot, Series } from "../page/plot.ts";
import { seriesColors } from "../palette.ts";

/** With more classes the lines cannot be told apart: those with the smallest area are shown. */
export const mostLines = seriesColors;

/** How many of the pictures of a class are found, against how many others are called it. */
export function rocChart(perClass: readonly ClassDetails[]): Plot | undefined {
  const rows = drawn(perClass).filter(({ auc }) => auc !== null);
  if (rows.length === 0) return undefined;
  return {
    title: "ROC",
    summary: `Area under the curve ${rows.map(({ className, auc }) => `${auc!.toFixed(3)} for ${className}`).join(", ")}.`,
    x: { title: "false positive rate", unit: "percent", domain: [0, 1] },
    y: { title: "true positive rate", unit: "percent", domain: [0, 1] },
    size: "square",
    series: [
      ...rows.map(({ className, auc, roc, color }): Series => {
        const { falsePositiveRate, truePositiveRate } = roc!;
        const points = falsePositiveRate.map((x, index): ChartPoint => [x, truePositiveRate[index]!]);
        return { name: `${className} (${auc!.toFixed(3)})`, as: "line", color, points: thinned(points) };
      }),
      {
        name: "chance",
        as: "guide",
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
  };
}

/** In steps, so that the area below is the average precision: how many answers are right, against how many of the class are found. */
export function precisionRecallChart(perClass: readonly ClassDetails[]): Plot | undefined {
  const rows = drawn(perClass).filter(({ averagePrecision }) => averagePrecision !== null);
  if (rows.length === 0) return undefined;
  return {
    title: "Precision and recall",
    summary: `Average precision ${rows.map(({ className, averagePrecision }) => `${averagePrecision!.toFixed(3)} for ${className}`).join(", ")}.`,
    x: { title: "recall", unit: "percent", domain: [0, 1] },
    y: { title: "precision", unit: "percent", domain: [0, 1] },
    size: "square",
    series: rows.map(({ className, averagePrecision, precisionRecall, color }) => {
      const { recall, precision } = precisionRecall!;
      const points = recall.map((x, index): ChartPoint => [x, precision[index]!]);
      return {
        name: `${className} (${averagePrecision!.toFixed(3)})`,
        as: "steps",
        color,
        points: thinned(points),
      };
    }),
  };
}

/** The classes that are drawn, each in the same colour in every chart. */
function drawn(perClass: readonly ClassDetails[]): readonly (ClassDetails & { readonly color: number })[] {
  const area = ({ averagePrecision }: ClassDetails) => averagePrecision ?? Number.POSITIVE_INFINITY;
  const worst = new Set(perClass.toSorted((a, b) => area(a) - area(b)).slice(0, mostLines));
  return perClass.filter((row) => worst.has(row)).map((row, color) => ({ ...row, color }));
}

/** What is counted, and what the axes are. */
export interface ProbabilityWords {
  /** "confidence", or "probability". */
  readonly sure: string;
  /** "right", or "there". */
  readonly right: string;
  /** "pictures", or "labels". */
  readonly counted: string;
}

/** Confidence against accuracy, as they are and with the bundle's temperature; the band is of 95 %. */
export function reliabilityChart(
  plain: CalibrationScores,
  calibrated: (CalibrationScores & { readonly temperature: number }) | undefined,
  { sure, right }: ProbabilityWords,
): Plot {
  return {
    title: "Reliability",
    summary: `Expected calibration error ${percent(plain.expectedCalibrationError)}${calibrated === undefined ? "" : `, ${percent(calibrated.expectedCalibrationError)} with the temperature`}.`,
    x: { title: sure, unit: "percent", domain: [0, 1] },
    y: { title: right, unit: "percent", domain: [0, 1] },
    size: "square",
    series: [
      {
        name: "as it is",
        as: "line",
        color: 0,
        points: plain.bins.map(({ confidence, accuracy, interval }) => [confidence, accuracy, ...interval]),
      },
      ...(calibrated === undefined
        ? []
        : [
            {
              name: `temperature ${calibrated.temperature.toFixed(2)}`,
              as: "dashed",
              color: 1,
              points: calibrated.bins.map(({ confidence, accuracy }) => [confidence, accuracy] as const),
            } as const,
          ]),
      {
        name: "at its word",
        as: "guide",
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
  };
}

/** How many pictures have which confidence. */
export function confidenceChart({ bins }: CalibrationScores, { sure, counted }: ProbabilityWords): Plot {
  const most = bins.reduce((a, b) => (b.samples > a.samples ? b : a));
  return {
    title: "How sure it is",
    summary: `${count(most.samples)} ${counted} have a ${sure} of ${percent(most.low)} to ${percent(most.high)}, more than any other range.`,
    x: { title: sure, unit: "percent", domain: [0, 1] },
    y: { title: counted, unit: "count" },
    size: "square",
    series: [
      {
        name: counted,
        as: "bars",
        // Empty ranges too: bars stand in equal steps.
        points: Array.from({ length: reliabilityBins }, (_, range) => {
          const bin = bins.find(({ low }) => Math.round(low * reliabilityBins) === range);
          return [(range + 0.5) / reliabilityBins, bin?.samples ?? 0] as const;
        }),
      },
    ],
  };
}

/** What each threshold of a class's probability gives. */
export function thresholdChart(
  { className, precisionRecall }: ClassDetails,
  chosen: number | null,
): Plot | undefined {
  if (precisionRecall === null) return undefined;
  const { thresholds, precision, recall } = precisionRecall;
  const rows = thinned(thresholds.map((threshold, index) => ({ threshold, index })));
  const points = (values: readonly number[]): ChartPoint[] =>
    rows.map(({ threshold, index }) => [threshold, values[index]!]);
  return {
    title: `Thresholds for ${className}`,
    summary: `Precision rises and recall falls with the threshold${chosen === null ? "" : `; chosen is ${chosen.toFixed(3)}`}.`,
    x: { title: "threshold", unit: "number", domain: [0, 1] },
    y: { title: "", unit: "percent", domain: [0, 1] },
    size: "large",
    series: [
      { name: "precision", as: "line", points: points(precision) },
      { name: "recall", as: "line", points: points(recall) },
      ...(chosen === null
        ? []
        : [
            {
              name: "chosen",
              as: "guide",
              points: [
                [chosen, 0],
                [chosen, 1],
              ],
            } as const,
          ]),
    ],
  };
}

/** More labels than this are a list that nobody reads on a first screen. */
const mostLabels = 12;

/** F1 of each label on its interval; of many labels those that are found worst. */
export function labelF1Chart({ scores, details }: Pick<JudgedLabels, "scores" | "details">): Intervals {
  const rows = scores.perLabel.map(({ className: name, f1 }, label) => ({
    name,
    value: f1,
    interval: details.perLabel[label]!.f1Interval ?? ([f1, f1] as const),
  }));
  const sorted = rows.toSorted((a, b) => a.value - b.value);
  const shown = rows.length <= mostLabels ? sorted.reverse() : sorted.slice(0, mostLabels).reverse();
  return {
    kind: "intervals",
    title: rows.length <= mostLabels ? "F1 by label" : `F1 of the ${mostLabels} labels that are found worst`,
    summary: `From ${shown[0]!.value.toFixed(3)} for ${shown[0]!.name} to ${shown.at(-1)!.value.toFixed(3)} for ${shown.at(-1)!.name}.`,
    names: "label",
    values: { title: "F1, 95 % intervals", domain: [0, 1] },
    rows: shown.map((row) => ({ ...row, isStrong: true })),
  };
}
