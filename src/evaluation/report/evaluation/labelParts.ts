import type { EvaluationReport, JudgedLabels, UncertainLabel } from "../../evaluationReport.ts";
import { decimal, percent } from "../format.ts";
import { labelMistakes, labelsAnswer } from "../labelSections.ts";
import type { KeyNumber, Section } from "../page/page.ts";
import { calibrationSection } from "./calibrationSection.ts";
import type { TaskParts } from "./classParts.ts";
import { labelF1Chart } from "./curveCharts.ts";
import { curvesSection } from "./curvesSection.ts";
import { foundTable } from "./foundTable.ts";
import { percentSpan, spanText } from "./spans.ts";
import { thresholdSection } from "./thresholdSection.ts";

export function labelParts(split: EvaluationReport["split"], labels: JudgedLabels): TaskParts {
  const { scores, details, worst, uncertain } = labels;
  const answer = labelsAnswer({ split, scores }, details.macroF1Interval ?? undefined);
  return {
    answer: {
      ...answer,
      remark: [answer.remark, ...details.remarks].join(" "),
      numbers: [...answer.numbers, precisionNumber(details)],
      pictureTitle: "How well each label is found",
      picture: { kind: "charts", charts: [labelF1Chart(labels)] },
    },
    details: [
      labelSection(labels),
      curvesSection(details.perLabel, "label"),
      calibrationSection({
        plain: details.calibration,
        remark: "All labels of all pictures together: how often a label with such a probability is there.",
        words: { sure: "probability", right: "there", counted: "labels" },
      }),
      ...thresholdSection(details.threshold, details.perLabel),
      labelMistakes(worst, split),
      uncertainSection(uncertain),
    ],
  };
}

function precisionNumber({
  meanAveragePrecision,
  meanAveragePrecisionInterval,
}: JudgedLabels["details"]): KeyNumber {
  if (meanAveragePrecision === null) {
    return { text: "none", value: null, meaning: "mean average precision: no picture has a label" };
  }
  const interval =
    meanAveragePrecisionInterval === null
      ? ""
      : `; 95\u202f% interval ${spanText(meanAveragePrecisionInterval)}`;
  return {
    text: meanAveragePrecision.toFixed(3),
    value: meanAveragePrecision,
    meaning: `mean average precision${interval}`,
  };
}

/** Precision, recall, F1 and the two areas of every label. */
export function labelSection(
  { scores, details }: Pick<JudgedLabels, "scores" | "details">,
  split?: string,
): Section {
  return {
    title: "Label by label",
    blocks: [
      foundTable(
        "label",
        `${split === undefined ? "Loss" : `On the ${split} split; loss`} ${decimal(scores.loss)}; right decisions ${percent(scores.labelAccuracy)} (95 % interval ${percentSpan(details.labelAccuracyInterval)}); ` +
          `F1 over all decisions ${scores.micro.f1.toFixed(3)} (${spanText(details.microF1Interval)}); mean AUC ${details.meanAuc?.toFixed(3) ?? "none"} (${spanText(details.meanAucInterval)}). ` +
          "Precision: of the pictures given the label, how many have it. Recall: of those that have it, how many are found.",
        scores.perLabel,
        details.perLabel,
      ),
    ],
  };
}

function uncertainSection(uncertain: readonly UncertainLabel[]): Section {
  return {
    title: "Least certain",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "Where a label's probability is nearest to one half: the pictures worth a look, and a label, first.",
      },
      {
        kind: "gallery",
        pictures: uncertain.map(({ label, probability, truth, ...picture }) => ({
          ...picture,
          lines: [
            [{ strong: label }, ` ${percent(probability)}`],
            ["Has ", { strong: truth || "no label" }],
          ],
        })),
      },
    ],
  };
}
