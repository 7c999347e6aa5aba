import { scoreRemarks } from "../scoreRemarks.ts";
import { type ClassificationScores, majorityAccuracy } from "../scores.ts";
import type { SplitReport, TrainingReport } from "../trainingReport.ts";
import { caution } from "./caution.ts";
import { count, duration, percent, plural } from "./format.ts";
import type { Answer, Confusion, KeyNumber } from "./page/page.ts";

/** A split together with its scores. */
export interface JudgedSplit {
  /** "all": whatever is in a folder, images of the training perhaps among them. */
  readonly split: SplitReport["split"] | "all";
  readonly scores: ClassificationScores;
}

/** The split that the page judges by: the last one that was scored. */
export function judgedSplit(splits: readonly SplitReport[]): JudgedSplit | undefined {
  const last = splits.findLast(({ scores }) => scores !== undefined);
  return last?.scores === undefined ? undefined : { split: last.split, scores: last.scores };
}

/** The first screen: the answer in one sentence, three numbers, one picture. */
export function trainingAnswer(report: TrainingReport): Answer {
  const judged = judgedSplit(report.splits);
  if (judged === undefined) {
    return { sentence: "The classifier is trained; no pictures were held back to measure it.", numbers: [] };
  }
  const { split, scores } = judged;
  return {
    ...classificationAnswer(judged),
    numbers: [...accuracyNumbers(scores, `${split} split`), workNumber(report)],
  };
}

/** Sentence, remark and picture about classes. */
export function classificationAnswer(judged: JudgedSplit): Omit<Answer, "numbers"> {
  const { split, scores } = judged;
  return {
    sentence: sentence(judged, scores.perClass.length),
    remark: [caution(split), baseline(scores), ...scoreRemarks(scores)].join(" "),
    pictureTitle: `What was taken for what (${split === "all" ? "all pictures" : `${split} split`})`,
    picture: { kind: "confusion", confusion: confusionOf(scores) },
  };
}

/** How often it is right, and how often not. */
export function accuracyNumbers(scores: ClassificationScores, where: string): KeyNumber[] {
  const [low, high] = scores.accuracyInterval;
  const wrong = wrongAnswers(scores);
  return [
    {
      text: percent(scores.accuracy),
      value: scores.accuracy,
      meaning: `right, ${where}; 95\u202f% interval ${percent(low)} to ${percent(high)}`,
      tone: "right",
    },
    {
      text: count(wrong),
      value: wrong,
      meaning: `wrong of ${plural(scores.samples, "picture")}`,
      tone: "wrong",
    },
  ];
}

/** How long a training took, and how often the base ran in it. */
export function workNumber({ seconds, forwards }: Pick<TrainingReport, "seconds" | "forwards">): KeyNumber {
  const total = Object.values(seconds).reduce((sum, each) => sum + each, 0);
  const { computed, reused } = forwards;
  return {
    text: duration(total),
    value: total,
    meaning: `from start to end; ${plural(computed, "pass", "passes")} through the base, ${count(reused)} reused`,
  };
}

export function confusionOf({ confusion, perClass }: ClassificationScores): Confusion {
  return { classNames: perClass.map(({ className }) => className), counts: confusion };
}

function wrongAnswers({ confusion }: ClassificationScores): number {
  return confusion.reduce(
    (sum, row, label) => sum + row.reduce((wrong, value, said) => wrong + (said === label ? 0 : value), 0),
    0,
  );
}

function sentence({ split, scores }: JudgedSplit, classes: number): string {
  return `${shownWhat(split, scores.samples)}, it picks the right one of ${classes} classes ${percent(scores.accuracy)} of the time.`;
}

/** The begin of a sentence about what a network says of some pictures. */
export function shownWhat(split: JudgedSplit["split"], samples: number): string {
  const pictures = plural(samples, "picture");
  if (split === "train") return `On the ${pictures} it was trained on`;
  return split === "all" ? `On all ${pictures} of the folder` : `Shown ${pictures} it was not trained on`;
}

/** What whoever names the most frequent class gets. */
export function baseline(scores: ClassificationScores): string {
  const largest = scores.perClass.reduce((best, row) => (row.support > best.support ? row : best));
  return `Always answering “${largest.className}” would be right ${percent(majorityAccuracy(scores))} of the time.`;
}
