import type { EvaluationReport, UncertainAnswer } from "../evaluationReport.ts";
import type { Interval } from "../interval.ts";
import { isMultilabel } from "../taskScores.ts";
import type { ChosenThreshold, ThresholdAim } from "../thresholds.ts";
import type { RegressionScores } from "../valueScores.ts";
import { accuracyNumbers, classificationAnswer, confusionOf } from "./answer.ts";
import { counted, ranged, share } from "./cells.ts";
import { frequentConfusions } from "./confusionMatrix.ts";
import {
  confidenceChart,
  precisionRecallChart,
  reliabilityChart,
  rocChart,
  thresholdChart,
} from "./curveCharts.ts";
import { count, decimal, percent, plural } from "./format.ts";
import { labelMistakes, labelsAnswer, labelsTable } from "./labelSections.ts";
import { type Answer, type Block, type KeyNumber, type Page, pageSchema, type Section } from "./page/page.ts";
import type { Plot } from "./page/plot.ts";
import type { Cell } from "./page/table.ts";
import { repeatSection } from "./repeatSection.ts";
import { mistakesSection, remarkBlocks } from "./sections.ts";
import { classList } from "./trainingPage.ts";
import { valueMistakes, valuesAnswer, valuesTable } from "./valueSections.ts";

type Classification = NonNullable<EvaluationReport["classification"]>;

/** The page about an evaluation. */
export function evaluationPage(report: EvaluationReport): Page {
  const { classification, split } = report;
  const { answer, details } =
    classification === undefined ? otherParts(report) : classParts(report, classification);
  return {
    schema: pageSchema,
    kind: "Evaluation",
    title: report.title,
    created: report.created,
    about: `${report.bundle} on the ${split} images: ${classList(report.classNames)}.`,
    answer,
    sections: [...details, againSection(report)],
    version: report.version,
  };
}

interface Parts {
  readonly answer: Answer;
  readonly details: readonly Section[];
}

function classParts(report: EvaluationReport, classification: Classification): Parts {
  const { scores, details, mistakes, uncertain } = classification;
  const { split } = report;
  const { meanAuc } = details;
  const area: KeyNumber =
    meanAuc === null
      ? { text: "none", value: null, meaning: "area under the ROC curve: one class is missing" }
      : {
          text: meanAuc.toFixed(3),
          value: meanAuc,
          meaning: "area under the ROC curve, mean of the classes",
        };
  const judged = classificationAnswer({ split, scores });
  return {
    answer: {
      ...judged,
      remark: [judged.remark, ...details.remarks].join(" "),
      numbers: [...accuracyNumbers(scores, split === "all" ? "all images" : `${split} split`), area],
    },
    details: [
      classSection(classification),
      curvesSection(classification),
      calibrationSection(classification),
      ...thresholdSection(classification),
      mistakesSection(mistakes, { split }),
      uncertainSection(uncertain),
    ],
  };
}

function classSection({ scores, details }: Classification): Section {
  const confusions = frequentConfusions(confusionOf(scores), 8);
  return {
    title: "Class by class",
    blocks: [
      {
        kind: "table",
        table: {
          caption:
            `Loss ${decimal(scores.loss)}; F1 over the classes ${scores.macro.f1.toFixed(3)} (95 % interval ${spanText(details.macroF1Interval)}). ` +
            "Precision: of the answers naming the class, how many are right. Recall: of its pictures, how many are found. In small letters 95 % intervals.",
          columns: [
            { title: "class" },
            ...["precision", "recall", "F1", "AUC", "average precision", "pictures"].map(
              (title) => ({ title, as: "number" }) as const,
            ),
          ],
          rows: scores.perClass.map((row, label) => {
            const more = details.perClass[label]!;
            return [
              row.className,
              ranged(percent(row.precision), row.precision, more.precisionInterval, percentSpan),
              ranged(percent(row.recall), row.recall, more.recallInterval, percentSpan),
              ranged(row.f1.toFixed(3), row.f1, more.f1Interval, spanText),
              ranged(more.auc?.toFixed(3) ?? "none", more.auc, more.aucInterval, spanText),
              ranged(
                more.averagePrecision?.toFixed(3) ?? "none",
                more.averagePrecision,
                more.averagePrecisionInterval,
                spanText,
              ),
              counted(row.support),
            ];
          }),
        },
      },
      ...(details.topK.length < 2 ? [] : [topTable(details.topK)]),
      ...(confusions === undefined ? [] : [{ kind: "table", table: confusions } as const]),
    ],
  };
}

function topTable(rows: Classification["details"]["topK"]): Block {
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

function curvesSection({ details }: Classification): Section {
  const charts = [rocChart(details.perClass), precisionRecallChart(details.perClass)].filter(
    (chart) => chart !== undefined,
  );
  return {
    title: "Whatever the threshold",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "Each class against all others. In brackets the area under the curve, and the average precision.",
      },
      charts.length === 0
        ? { kind: "text", text: "Only one class is there: there is nothing to draw." }
        : { kind: "charts", charts },
    ],
  };
}

function calibrationSection({ details, scores }: Classification): Section {
  const { calibration, calibrated } = details;
  const gap = meanConfidence(details) - scores.accuracy;
  const tendency =
    Math.abs(gap) < 0.005
      ? "about as sure as it is right"
      : gap > 0
        ? `${percent(gap)} too sure on average`
        : `${percent(-gap)} too shy on average`;
  const row = (name: string, each: typeof calibration): Cell[] => [
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
      {
        kind: "text",
        text:
          `It is ${tendency}. ` +
          (calibrated === undefined
            ? "The bundle holds no temperature: it was trained without validation images, or nothing was to be gained."
            : `With the temperature ${calibrated.temperature.toFixed(3)}, fitted on the validation images of the training, the answers stay the same; predict --calibrated gives such probabilities.`),
      },
      { kind: "charts", charts: [reliabilityChart(calibration, calibrated), confidenceChart(calibration)] },
      {
        kind: "table",
        table: {
          caption:
            "Expected calibration error: mean gap between confidence and accuracy, 15 ranges. Brier: mean squared error of the probabilities. In small letters 95 % intervals.",
          columns: [
            { title: "probabilities" },
            { title: "calibration error", as: "number" },
            { title: "Brier", as: "number" },
          ],
          rows: [
            row("as they are", calibration),
            ...(calibrated === undefined
              ? []
              : [row(`temperature ${calibrated.temperature.toFixed(3)}`, calibrated)]),
          ],
        },
      },
    ],
  };
}

function meanConfidence({ calibration }: Classification["details"]): number {
  const samples = calibration.bins.reduce((sum, bin) => sum + bin.samples, 0);
  return calibration.bins.reduce((sum, bin) => sum + bin.samples * bin.confidence, 0) / samples;
}

function thresholdSection({ details }: Classification): Section[] {
  const { threshold } = details;
  if (threshold === undefined) return [];
  const row = details.perClass.find(({ className }) => className === threshold.className)!;
  const chart = thresholdChart(row, threshold.threshold);
  return [
    {
      title: `A threshold for ${threshold.className}`,
      blocks: [
        { kind: "text", text: thresholdText(threshold) },
        ...(chart === undefined ? [] : [{ kind: "charts", charts: [chart] } as const]),
      ],
    },
  ];
}

/** What was asked for, what it gives, and how far that holds. */
export function thresholdText(chosen: ChosenThreshold): string {
  const {
    className,
    aim,
    threshold,
    precision,
    precisionInterval,
    recall,
    recallInterval,
    cost,
    costAtHalf,
  } = chosen;
  if (threshold === null || precision === null) {
    return `${aimText(aim)}: no threshold of ${className} does it; calling nothing ${className} ${aim.by === "cost" ? "costs least" : "is all that is left"}.`;
  }
  const costs =
    cost === null || costAtHalf === null
      ? ""
      : ` It costs ${decimal(cost)} an image, against ${decimal(costAtHalf)} at 0.5.`;
  return (
    `${aimText(aim)}: call an image ${className} from a probability of ${threshold.toFixed(4)} on. ` +
    `Precision ${percent(precision)} (${percentSpan(precisionInterval)}), recall ${percent(recall)} (${percentSpan(recallInterval)}).${costs} ` +
    "Chosen on these very images: on new ones it will do a little worse. Choose on the validation split, judge on test."
  );
}

function aimText(aim: ThresholdAim): string {
  return aim.by === "precision"
    ? `For a precision of ${percent(aim.precision)}`
    : `Where a missed one costs ${decimal(aim.missed)} and a false alarm ${decimal(aim.falseAlarm)}`;
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

function otherParts({ scores, split, other, classNames }: EvaluationReport): Parts {
  const worst = other?.worst ?? [];
  if (isMultilabel(scores)) {
    const labels = { split, scores };
    return { answer: labelsAnswer(labels), details: [labelsTable(labels), labelMistakes(worst, split)] };
  }
  const values = { split, scores: scores as RegressionScores };
  const charts = other === undefined ? [] : valueCharts(other, classNames);
  return {
    answer: valuesAnswer(values),
    details: [
      valuesTable(values),
      { title: "Said and true", blocks: [{ kind: "charts", charts }] },
      valueMistakes(worst, split),
    ],
  };
}

/** What is said of each image against what is. */
function valueCharts(
  { outputs, targets }: NonNullable<EvaluationReport["other"]>,
  names: readonly string[],
): Plot[] {
  return names.map((name, value) => {
    const pick = (rows: Float32Array) => [...rows.filter((_, index) => index % names.length === value)];
    const [said, truth] = [pick(outputs), pick(targets)];
    const ends = [truth.reduce((a, b) => Math.min(a, b)), truth.reduce((a, b) => Math.max(a, b))] as const;
    return {
      title: name,
      summary: `${count(said.length)} pictures; the line is where said and true are the same.`,
      x: { title: "true" },
      y: { title: "said" },
      size: "square",
      series: [
        { name: "pictures", as: "points", points: truth.map((x, row) => [x, said[row]!] as const) },
        { name: "said as it is", as: "guide", points: ends.map((end) => [end, end] as const) },
      ],
    };
  });
}

function againSection(report: EvaluationReport): Section {
  const { computed, reused } = report.forwards;
  return repeatSection(
    report.command,
    [
      ["Bundle", report.bundle],
      ["Base network", `ran ${plural(computed, "time")}; ${count(reused)} results came from the store`],
      ...(report.views === undefined ? [] : [["Views", report.views] as const]),
      ["Numerics class", report.numericsClass],
    ],
    remarkBlocks(report.skipped, report.warnings),
  );
}

function percentSpan(interval: Interval | null): string {
  return interval === null
    ? "none"
    : `${(interval[0] * 100).toFixed(1)} to ${(interval[1] * 100).toFixed(1)}\u202f%`;
}

function spanText(interval: Interval | null, digits = 3): string {
  return interval === null ? "none" : interval.map((end) => end.toFixed(digits)).join(" to ");
}
