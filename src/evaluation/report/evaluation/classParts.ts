import type { EvaluationReport, JudgedClasses, UncertainAnswer } from "../../evaluationReport.ts";
import { accuracyNumbers, classificationAnswer, confusionOf } from "../answer.ts";
import { share } from "../cells.ts";
import { frequentConfusions } from "../confusionMatrix.ts";
import { decimal, percent } from "../format.ts";
import type { Answer, Block, KeyNumber, Section } from "../page/page.ts";
import { mistakesSection } from "../sections.ts";
import { calibrationSection } from "./calibrationSection.ts";
import { curvesSection } from "./curvesSection.ts";
import { foundTable } from "./foundTable.ts";
import { percentSpan, spanText } from "./spans.ts";
import { thresholdSection } from "./thresholdSection.ts";

/** What a page shows of a task. */
export interface TaskParts {
  readonly answer: Answer;
  readonly details: readonly Section[];
}

export function classParts(split: EvaluationReport["split"], classification: JudgedClasses): TaskParts {
  const { scores, details, mistakes, uncertain } = classification;
  const judged = classificationAnswer({ split, scores });
  const where = split === "all" ? "all images" : `${split} split`;
  return {
    answer: {
      ...judged,
      numbers: [...accuracyNumbers(scores, where), areaNumber(details)],
    },
    details: [
      classSection(classification),
      curvesSection(details.perClass, "class"),
      calibrationSection({
        plain: details.calibration,
        ...(details.calibrated === undefined ? {} : { calibrated: details.calibrated }),
        remark: temperatureRemark(details),
        words: { sure: "confidence", right: "right", counted: "pictures" },
      }),
      ...thresholdSection(details.threshold, details.perClass),
      mistakesSection(mistakes, { split }),
      uncertainSection(uncertain),
    ],
  };
}

function areaNumber({ meanAuc, meanAucInterval }: JudgedClasses["details"]): KeyNumber {
  if (meanAuc === null) {
    return { text: "none", value: null, meaning: "area under the ROC curve: one class is missing" };
  }
  const interval = meanAucInterval === null ? "" : `; 95\u202f% interval ${spanText(meanAucInterval)}`;
  return {
    text: meanAuc.toFixed(3),
    value: meanAuc,
    meaning: `area under the ROC curve, mean of the classes${interval}`,
  };
}

function classSection({ scores, details }: JudgedClasses): Section {
  const confusions = frequentConfusions(confusionOf(scores), 8);
  return {
    title: "Class by class",
    blocks: [
      foundTable(
        "class",
        `Loss ${decimal(scores.loss)}; F1 over the classes ${scores.macro.f1.toFixed(3)} (95 % interval ${spanText(details.macroF1Interval)}). ` +
          "Precision: of the answers naming the class, how many are right. Recall: of its pictures, how many are found.",
        scores.perClass,
        details.perClass,
      ),
      ...(details.topK.length < 2 ? [] : [topTable(details.topK)]),
      ...(confusions === undefined ? [] : [{ kind: "table", table: confusions } as const]),
    ],
  };
}

function topTable(rows: JudgedClasses["details"]["topK"]): Block {
  return {
    kind: "table",
    table: {
      caption: "How often the truth is among the most probable classes",
      columns: [
        { title: "among the first" },
        { title: "share", as: "number" },
        { title: "95 % interval", as: "number" },
      ],
      rows: rows.map(({ k, accuracy, interval }) => [String(k), share(accuracy), percentSpan(interval)]),
    },
  };
}

function temperatureRemark({ calibrated }: JudgedClasses["details"]): string {
  return calibrated === undefined
    ? "The bundle holds no temperature: it was trained without validation images, or nothing was to be gained."
    : `With the temperature ${calibrated.temperature.toFixed(3)}, fitted on the validation images of the training, the answers stay the same; predict --calibrated gives such probabilities.`;
}

function uncertainSection(uncertain: readonly UncertainAnswer[]): Section {
  return {
    title: "Least certain",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "Where the first class leads the second least: the pictures worth a look, and a label, first.",
      },
      {
        kind: "gallery",
        pictures: uncertain.map(({ trueClass, first, second, ...picture }) => ({
          ...picture,
          lines: [
            [
              first.className === trueClass
                ? { strong: first.className }
                : { strong: first.className, tone: "wrong" as const },
              ` ${percent(first.probability)}, ${second.className} ${percent(second.probability)}`,
            ],
            ["Is ", { strong: trueClass }],
          ],
        })),
      },
    ],
  };
}
