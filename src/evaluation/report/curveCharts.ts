import type { CalibrationScores, ClassDetails } from "../classificationDetails.ts";
import { thinned } from "../curves.ts";
import { count, percent } from "./format.ts";
import type { ChartPoint, Plot, Series } from "./page/plot.ts";
import { seriesColors } from "./palette.ts";

/** With more classes the lines cannot be told apart: those with the smallest area are shown. */
const mostLines = seriesColors;

/** How many of the pictures of a class are found, against how many others are called it. */
export function rocChart(perClass: readonly ClassDetails[]): Plot | undefined {
  const rows = shown(perClass, ({ auc }) => auc);
  if (rows.length === 0) return undefined;
  return {
    title: "ROC",
    summary: `Area under the curve ${rows.map(({ className, auc }) => `${auc!.toFixed(3)} for ${className}`).join(", ")}.`,
    x: { title: "false positive rate", unit: "percent", domain: [0, 1] },
    y: { title: "true positive rate", unit: "percent", domain: [0, 1] },
    size: "square",
    series: [
      ...rows.map(({ className, auc, roc }): Series => {
        const { falsePositiveRate, truePositiveRate } = roc!;
        const points = falsePositiveRate.map((x, index): ChartPoint => [x, truePositiveRate[index]!]);
        return { name: `${className} (${auc!.toFixed(3)})`, as: "line", points: thinned(points) };
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

/** How many answers are right, against how many of the class are found. */
export function precisionRecallChart(perClass: readonly ClassDetails[]): Plot | undefined {
  const rows = shown(perClass, ({ averagePrecision }) => averagePrecision);
  if (rows.length === 0) return undefined;
  return {
    title: "Precision and recall",
    summary: `Average precision ${rows.map(({ className, averagePrecision }) => `${averagePrecision!.toFixed(3)} for ${className}`).join(", ")}.`,
    x: { title: "recall", unit: "percent", domain: [0, 1] },
    y: { title: "precision", unit: "percent", domain: [0, 1] },
    size: "square",
    series: rows.map(({ className, averagePrecision, precisionRecall }) => {
      const { recall, precision } = precisionRecall!;
      const points = recall.map((x, index): ChartPoint => [x, precision[index]!]);
      return { name: `${className} (${averagePrecision!.toFixed(3)})`, as: "line", points: thinned(points) };
    }),
  };
}

function shown(
  perClass: readonly ClassDetails[],
  area: (row: ClassDetails) => number | null,
): readonly ClassDetails[] {
  const known = perClass.filter((row) => area(row) !== null);
  if (known.length <= mostLines) return known;
  return known.toSorted((a, b) => area(a)! - area(b)!).slice(0, mostLines);
}

/** Confidence against accuracy, as they are and with the bundle's temperature. */
export function reliabilityChart(
  plain: CalibrationScores,
  calibrated: (CalibrationScores & { readonly temperature: number }) | undefined,
): Plot {
  const line = (name: string, { bins }: CalibrationScores, as: "line" | "dashed", color: number): Series => ({
    name,
    as,
    color,
    points: bins.map(({ confidence, accuracy }) => [confidence, accuracy]),
  });
  return {
    title: "Reliability",
    summary: `Expected calibration error ${percent(plain.expectedCalibrationError)}${calibrated === undefined ? "" : `, ${percent(calibrated.expectedCalibrationError)} with the temperature`}.`,
    x: { title: "confidence", unit: "percent", domain: [0, 1] },
    y: { title: "right", unit: "percent", domain: [0, 1] },
    size: "square",
    series: [
      line("as it is", plain, "line", 0),
      ...(calibrated === undefined
        ? []
        : [line(`temperature ${calibrated.temperature.toFixed(2)}`, calibrated, "dashed", 1)]),
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
export function confidenceChart({ bins }: CalibrationScores): Plot {
  const most = bins.reduce((a, b) => (b.samples > a.samples ? b : a));
  return {
    title: "How sure it is",
    summary: `${count(most.samples)} pictures have a confidence of ${percent(most.low)} to ${percent(most.high)}, more than any other range.`,
    x: { title: "confidence", unit: "percent", domain: [0, 1] },
    y: { title: "pictures", unit: "count" },
    size: "square",
    series: [
      {
        name: "pictures",
        as: "bars",
        points: bins.map(({ low, high, samples }) => [(low + high) / 2, samples]),
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
