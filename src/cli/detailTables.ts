import type { EvaluationDetails } from "../evaluation/evaluationReport.ts";
import type { Interval } from "../evaluation/interval.ts";
import { thresholdText } from "../evaluation/report/evaluationPage.ts";
import { percent, table } from "./text.ts";

/** What `evaluate` prints below the scores: areas, calibration, top-k, the threshold, each with its interval. */
export function detailTables(details: EvaluationDetails): string {
  const { calibration, calibrated, topK, perClass, threshold, remarks } = details;
  const rows: (readonly [string, string, string])[] = [
    ["mean AUC", shown(details.meanAuc), perClass.length === 2 ? span(perClass[1]!.aucInterval) : ""],
    ["mean average precision", shown(details.meanAveragePrecision), ""],
    [
      "calibration error",
      percent(calibration.expectedCalibrationError),
      spanPercent(calibration.expectedCalibrationErrorInterval),
    ],
    ["Brier score", calibration.brier.toFixed(4), span(calibration.brierInterval, 4)],
    ...(calibrated === undefined
      ? []
      : [
          [
            `calibration error at temperature ${calibrated.temperature.toFixed(2)}`,
            percent(calibrated.expectedCalibrationError),
            spanPercent(calibrated.expectedCalibrationErrorInterval),
          ] as const,
        ]),
    ...topK
      .filter(({ k }) => k > 1)
      .map(
        ({ k, accuracy, interval }) =>
          [`among the first ${k}`, percent(accuracy), spanPercent(interval)] as const,
      ),
  ];
  return [
    table(
      ["probabilities", "", "95 % interval"],
      rows.map((row) => [...row]),
    ),
    ...(threshold === undefined ? [] : ["", thresholdText(threshold)]),
    ...(remarks.length === 0 ? [] : ["", ...remarks]),
  ].join("\n");
}

/** Without the curves, which the page has. */
export function shortDetails(details: EvaluationDetails): object {
  return {
    ...details,
    perClass: details.perClass.map(({ roc: _roc, precisionRecall: _curve, ...rest }) => rest),
  };
}

function shown(value: number | null): string {
  return value === null ? "none" : value.toFixed(3);
}

function span(interval: Interval | null, digits = 3): string {
  return interval === null ? "" : interval.map((end) => end.toFixed(digits)).join(" to ");
}

function spanPercent(interval: Interval | null): string {
  return interval === null ? "" : interval.map(percent).join(" to ");
}
