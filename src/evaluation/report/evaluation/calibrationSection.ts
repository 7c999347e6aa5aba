import type { CalibrationScores } from "../../calibration.ts";
import { ranged } from "../cells.ts";
import { percent, points } from "../format.ts";
import type { Section } from "../page/page.ts";
import type { Cell } from "../page/table.ts";
import { confidenceChart, type ProbabilityWords, reliabilityChart } from "./curveCharts.ts";
import { percentSpan, spanText } from "./spans.ts";

/** What the probabilities are of. */
export interface CalibratedProbabilities {
  readonly plain: CalibrationScores;
  /** With the temperature that the bundle holds. */
  readonly calibrated?: CalibrationScores & { readonly temperature: number };
  /** Beside the tendency: whether there is a temperature, or why there cannot be one. */
  readonly remark: string;
  /** What is counted, and what the charts' axes are. */
  readonly words: ProbabilityWords;
}

/** Whether probabilities can be taken at their word. */
export function calibrationSection({ plain, calibrated, remark, words }: CalibratedProbabilities): Section {
  const row = (name: string, each: CalibrationScores): Cell[] => [
    name,
    ranged(
      percent(each.expectedCalibrationError),
      each.expectedCalibrationError,
      each.expectedCalibrationErrorInterval,
      percentSpan,
    ),
    ranged(each.brier.toFixed(4), each.brier, each.brierInterval, (span) => spanText(span, 4)),
  ];
  return {
    title: "Can its probabilities be taken at their word?",
    blocks: [
      { kind: "text", text: `${tendency(plain)} ${remark}` },
      {
        kind: "charts",
        charts: [reliabilityChart(plain, calibrated, words), confidenceChart(plain, words)],
      },
      {
        kind: "table",
        table: {
          caption: `Expected calibration error: mean gap between ${words.sure} and how often it is ${words.right}, 15 ranges. Brier: mean squared error of the probabilities. In small letters 95 % intervals.`,
          columns: [
            { title: "probabilities" },
            { title: "calibration error", as: "number" },
            { title: "Brier", as: "number" },
          ],
          rows: [
            row("as they are", plain),
            ...(calibrated === undefined
              ? []
              : [row(`temperature ${calibrated.temperature.toFixed(3)}`, calibrated)]),
          ],
        },
      },
    ],
  };
}

function tendency({ bins }: CalibrationScores): string {
  const samples = bins.reduce((sum, bin) => sum + bin.samples, 0);
  const gap = bins.reduce((sum, bin) => sum + bin.samples * (bin.confidence - bin.accuracy), 0) / samples;
  if (Math.abs(gap) < 0.005) return "It is about as sure as it is right.";
  return gap > 0
    ? `It is too sure, by ${points(gap)} points on average.`
    : `It is too shy, by ${points(-gap)} points on average.`;
}
