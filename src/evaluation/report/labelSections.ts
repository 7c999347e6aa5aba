import type { Interval } from "../interval.ts";
import type { MultilabelScores } from "../labelScores.ts";
import type { WorstAnswer } from "../trainingReport.ts";
import { shownWhat } from "./answer.ts";
import { caution } from "./caution.ts";
import { percent, plural } from "./format.ts";
import type { JudgedTask } from "./judgedTask.ts";
import type { Answer, Section } from "./page/page.ts";

/** The answer about labels in one sentence and two numbers. */
export function labelsAnswer({ split, scores }: JudgedTask<MultilabelScores>, f1Interval?: Interval): Answer {
  const [low, high] = scores.exactMatchInterval;
  const f1Span =
    f1Interval === undefined
      ? ""
      : `; 95\u202f% interval ${f1Interval.map((end) => end.toFixed(3)).join(" to ")}`;
  return {
    sentence: `${shownWhat(split, scores.samples)}, it decides ${percent(scores.labelAccuracy)} of ${plural(scores.perLabel.length, "label")} a picture rightly, all of them for ${percent(scores.exactMatch)} of the pictures.`,
    remark: `${caution(split)} A label is given where its probability is above 50\u202f%. Never giving any label would decide ${percent(withoutLabels(scores))} rightly.`,
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
