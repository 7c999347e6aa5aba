import type { CalibrationScores } from "../evaluation/calibration.ts";
import type { ClassDetails } from "../evaluation/columnDetails.ts";
import type { EvaluationDetails, LabelEvaluationDetails } from "../evaluation/evaluationReport.ts";
import type { Interval } from "../evaluation/interval.ts";
import { thresholdText } from "../evaluation/report/evaluation/thresholdSection.ts";
import type { ChosenThreshold } from "../evaluation/thresholds.ts";
import type { ValueDetails } from "../evaluation/valueDetails.ts";
import type { TaskDetails } from "../recipes/scoring/evaluationDetails.ts";
import { percent, table } from "./text.ts";

type Row = readonly [name: string, value: string, interval: string];

/** What `evaluate` prints below the scores: areas, calibration, top-k, the threshold, each with its interval. */
export function detailTables({ details, labelDetails, valueDetails }: TaskDetails): string {
  if (details !== undefined) return classTables(details);
  if (labelDetails !== undefined) return labelTables(labelDetails);
  return valueDetails === undefined ? "" : valueTables(valueDetails);
}

function classTables(details: EvaluationDetails): string {
  const { calibrated, topK, threshold, remarks } = details;
  return textOf(
    [
      ["mean AUC", shown(details.meanAuc), span(details.meanAucInterval)],
      [
        "mean average precision",
        shown(details.meanAveragePrecision),
        span(details.meanAveragePrecisionInterval),
      ],
      ...calibrationRows(details.calibration),
      ...(calibrated === undefined ? [] : [calibratedRow(calibrated)]),
      ...topK
        .filter(({ k }) => k > 1)
        .map(({ k, accuracy, interval }): Row => {
          return [`among the first ${k}`, percent(accuracy), spanPercent(interval)];
        }),
    ],
    threshold,
    remarks,
  );
}

function labelTables(details: LabelEvaluationDetails): string {
  return textOf(
    [
      ["mean AUC", shown(details.meanAuc), span(details.meanAucInterval)],
      [
        "mean average precision",
        shown(details.meanAveragePrecision),
        span(details.meanAveragePrecisionInterval),
      ],
      ...calibrationRows(details.calibration),
    ],
    details.threshold,
    details.remarks,
  );
}

function valueTables({ perValue, remarks }: ValueDetails): string {
  const number = (value: number) => String(Number(value.toPrecision(4)));
  const range = (interval: Interval | null) => (interval === null ? "" : interval.map(number).join(" to "));
  return textOf(
    perValue.flatMap((row): Row[] => [
      [
        `half are off in ${row.name} by less than`,
        number(row.medianAbsoluteError),
        range(row.medianAbsoluteErrorInterval),
      ],
      ["nine of ten by less than", number(row.ninthDecile), range(row.ninthDecileInterval)],
    ]),
    undefined,
    remarks,
    "errors",
  );
}

function calibrationRows(scores: CalibrationScores): Row[] {
  return [
    [
      "calibration error",
      percent(scores.expectedCalibrationError),
      spanPercent(scores.expectedCalibrationErrorInterval),
    ],
    ["Brier score", scores.brier.toFixed(4), span(scores.brierInterval, 4)],
  ];
}

function calibratedRow(scores: CalibrationScores & { readonly temperature: number }): Row {
  return [
    `calibration error at temperature ${scores.temperature.toFixed(2)}`,
    percent(scores.expectedCalibrationError),
    spanPercent(scores.expectedCalibrationErrorInterval),
  ];
}

function textOf(
  rows: readonly Row[],
  threshold: ChosenThreshold | undefined,
  remarks: readonly string[],
  what = "probabilities",
): string {
  return [
    table(
      [what, "", "95 % interval"],
      rows.map((row) => [...row]),
    ),
    ...(threshold === undefined ? [] : ["", thresholdText(threshold)]),
    ...(remarks.length === 0 ? [] : ["", ...remarks]),
  ].join("\n");
}

/** Without the curves and the errors of every image, which the page has. */
export function shortDetails({ details, labelDetails, valueDetails }: TaskDetails): object {
  return {
    ...(details === undefined
      ? {}
      : { details: { ...details, perClass: details.perClass.map(withoutCurves) } }),
    ...(labelDetails === undefined
      ? {}
      : { labelDetails: { ...labelDetails, perLabel: labelDetails.perLabel.map(withoutCurves) } }),
    ...(valueDetails === undefined
      ? {}
      : {
          valueDetails: {
            ...valueDetails,
            perValue: valueDetails.perValue.map(({ errors: _, ...rest }) => rest),
          },
        }),
  };
}

function withoutCurves({ roc: _roc, precisionRecall: _curve, ...rest }: ClassDetails): object {
  return rest;
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
