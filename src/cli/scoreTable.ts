import { isClassification, isMultilabel, type TaskScores } from "../evaluation/taskScores.ts";
import { percent, table } from "./text.ts";

/** One line a split: the numbers that sum its scores up. */
export function splitTable(
  metrics: Readonly<Partial<Record<string, TaskScores>>>,
  images: Readonly<Record<string, number>>,
): string {
  const rows = Object.entries(metrics).flatMap(([split, scores]) =>
    scores === undefined ? [] : [{ split, cells: summary(scores) }],
  );
  const names = Object.keys(rows[0]?.cells ?? {});
  return table(
    ["split", "images", ...names],
    rows.map(({ split, cells }) => [split, images[split] ?? 0, ...names.map((name) => cells[name] ?? "")]),
  );
}

function summary(scores: TaskScores): Readonly<Record<string, string>> {
  const loss = scores.loss.toFixed(4);
  if (isClassification(scores)) {
    const span = scores.accuracyInterval.map(percent).join(" to ");
    return { accuracy: percent(scores.accuracy), "95 % interval": span, loss };
  }
  if (isMultilabel(scores)) {
    return {
      "macro F1": scores.macro.f1.toFixed(3),
      mAP: shown(scores.meanAveragePrecision),
      "all labels right": percent(scores.exactMatch),
      loss,
    };
  }
  const [first] = scores.perValue;
  return { [`error of ${first!.name}`]: number(first!.meanAbsoluteError), R2: shown(scores.meanR2) };
}

/** What `evaluate` prints: the answer in a line, then class by class, label by label or value by value. */
export function scoreTables(split: string, scores: TaskScores): string {
  if (isClassification(scores)) {
    const [low, high] = scores.accuracyInterval;
    return [
      `${scores.samples} images (${split}): accuracy ${percent(scores.accuracy)} ` +
        `(95 % interval ${percent(low)} to ${percent(high)}), loss ${scores.loss.toFixed(4)}`,
      "",
      table(
        ["class", "precision", "recall", "f1", "images"],
        scores.perClass.map((row) => [
          row.className,
          percent(row.precision),
          percent(row.recall),
          row.f1.toFixed(3),
          row.support,
        ]),
      ),
    ].join("\n");
  }
  if (isMultilabel(scores)) {
    const [low, high] = scores.exactMatchInterval;
    return [
      `${scores.samples} images (${split}): macro F1 ${scores.macro.f1.toFixed(3)}, mAP ${shown(scores.meanAveragePrecision)}, ` +
        `all labels right ${percent(scores.exactMatch)} (95 % interval ${percent(low)} to ${percent(high)}), loss ${scores.loss.toFixed(4)}`,
      "",
      table(
        ["label", "precision", "recall", "f1", "AP", "AUC", "images"],
        scores.perLabel.map((row) => [
          row.className,
          percent(row.precision),
          percent(row.recall),
          row.f1.toFixed(3),
          shown(row.averagePrecision),
          shown(row.auc),
          row.support,
        ]),
      ),
    ].join("\n");
  }
  return [
    `${scores.samples} images (${split}): R2 ${shown(scores.meanR2)}`,
    "",
    table(
      ["value", "mean absolute error", "95 % interval", "RMSE", "bias", "R2"],
      scores.perValue.map((row) => [
        row.name,
        number(row.meanAbsoluteError),
        row.meanAbsoluteErrorInterval.map(number).join(" to "),
        number(row.rootMeanSquaredError),
        number(row.bias),
        shown(row.r2),
      ]),
    ),
  ].join("\n");
}

/** Names of what a network tells apart: "Classes", "Labels" or "Values". */
export function namesTitle(metrics: Readonly<Partial<Record<string, TaskScores>>>): string {
  const [scores] = Object.values(metrics);
  if (scores === undefined || isClassification(scores)) return "Classes";
  return isMultilabel(scores) ? "Labels" : "Values";
}

function shown(value: number | null): string {
  return value === null ? "none" : value.toFixed(3);
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}
