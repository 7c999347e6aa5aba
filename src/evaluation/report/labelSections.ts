import type { Interval } from "../interval.ts";
import type { MultilabelScores } from "../labelScores.ts";
import type { WorstAnswer } from "../trainingReport.ts";
import { shownWhat } from "./answer.ts";
import { counted, share } from "./cells.ts";
import { decimal, percent, plural } from "./format.ts";
import type { JudgedTask } from "./judgedTask.ts";
import type { Answer, Section } from "./page/page.ts";
import type { Cell } from "./page/table.ts";

/** The answer about labels in one sentence and two numbers. */
export function labelsAnswer({ split, scores }: JudgedTask<MultilabelScores>, f1Interval?: Interval): Answer {
  const [low, high] = scores.exactMatchInterval;
  const f1Span =
    f1Interval === undefined
      ? ""
      : `; 95\u202f% interval ${f1Interval.map((end) => end.toFixed(3)).join(" to ")}`;
  return {
    sentence: `${shownWhat(split, scores.samples)}, it decides ${percent(scores.labelAccuracy)} of ${plural(scores.perLabel.length, "label")} a picture rightly, all of them for ${percent(scores.exactMatch)} of the pictures.`,
    remark: `A label is given where its probability is above 50\u202f%. Never giving any label would decide ${percent(withoutLabels(scores))} rightly.`,
    numbers: [
      {
        text: scores.macro.f1.toFixed(3),
        value: scores.macro.f1,
        meaning: `F1 over the labels, ${split === "all" ? "all pictures" : `${split} split`} (each label counts the same)${f1Span}`,
        tone: "right",
      },
      {
        text: percent(scores.exactMatch),
        value: scores.exactMatch,
        meaning: `pictures with all labels right; 95\u202f% interval ${percent(low)} to ${percent(high)}`,
      },
    ],
  };
}

/** The share of right decisions of whoever gives no label at all. */
function withoutLabels({ samples, perLabel }: MultilabelScores): number {
  const given = perLabel.reduce((sum, { support }) => sum + support, 0);
  return 1 - given / (samples * perLabel.length);
}

/** Precision, recall, F1 and the two areas of every label. */
export function labelsTable({ split, scores }: JudgedTask<MultilabelScores>): Section {
  return {
    title: "Label by label",
    blocks: [
      {
        kind: "table",
        table: {
          caption:
            `On the ${split} split; loss ${decimal(scores.loss)}, mean average precision ${area(scores.meanAveragePrecision)}, mean AUC ${area(scores.meanAuc)}. ` +
            "Precision: of the pictures given the label, how many have it. Recall: of those that have it, how many are found. F1: their harmonic mean, drawn as the bar. " +
            "AP and AUC judge the order of the probabilities, whatever the threshold.",
          columns: [
            { title: "label" },
            ...["precision", "recall", "F1", "AP", "AUC", "pictures"].map(
              (title) => ({ title, as: "number" }) as const,
            ),
            { title: "", as: "bar" },
          ],
          rows: scores.perLabel.map((row) => [
            row.className,
            share(row.precision),
            share(row.recall),
            { text: row.f1.toFixed(3), value: row.f1 },
            areaCell(row.averagePrecision),
            areaCell(row.auc),
            counted(row.support),
            { text: "", value: row.f1 },
          ]),
        },
      },
    ],
  };
}

function area(value: number | null): string {
  return value === null ? "none" : value.toFixed(3);
}

function areaCell(value: number | null): Cell {
  return { text: area(value), value };
}

/** The pictures whose labels were missed most. */
export function labelMistakes(worst: readonly WorstAnswer[], split: string): Section {
  const title = "Worst mistakes";
  if (worst.length === 0) {
    return {
      title,
      blocks: [{ kind: "text", text: `None: every label of the ${split} split was decided rightly.` }],
    };
  }
  return {
    title,
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: `Where the network was most sure of wrong labels (${split} split). Look here first: some may be wrong labels.`,
      },
      {
        kind: "gallery",
        pictures: worst.map(({ truth, answer, ...picture }) => ({
          ...picture,
          lines: [
            ["Has ", { strong: truth || "no label" }, ","],
            ["given ", { strong: answer || "none", tone: "wrong" }],
          ],
        })),
      },
    ],
  };
}
