import { shortSettings, sweepAnswer } from "../../sweep/sweepAnswer.ts";
import type { SweepReport } from "../../sweep/sweepReport.ts";
import { variedSettings } from "../../sweep/variedSettings.ts";
import { remarksSection } from "../comparison/remarksSection.ts";
import { count, duration, percent, plural, points, withMinus } from "../format.ts";
import type { Intervals } from "../page/intervals.ts";
import { type Answer, type Page, pageSchema, type Section } from "../page/page.ts";
import { rateText } from "../rateChart.ts";
import { type Fact, imagesFact, repeatSection, versionsFact } from "../repeatSection.ts";
import { classList } from "../trainingPage.ts";
import { candidatesSection } from "./candidatesSection.ts";
import { plainMeaning, settingsChart } from "./settingsChart.ts";

/** Rows of the picture on the first screen. */
const shown = 8;

/** The page about a sweep. */
export function sweepPage(report: SweepReport): Page {
  const { command, samples, base, search, epochs, batchSize, seed, versions, numericsClass } = report;
  const sections = [
    settingsSection(report),
    candidatesSection(report),
    remarksSection({ remarks: report.remarks, leftOut: [] }),
    ...(report.trainCommand === undefined ? [] : [trainSection(report.trainCommand)]),
    repeatSection(command, [
      imagesFact(samples),
      ...sameForAll(report),
      ["Base network", base],
      ["Search", search],
      ["Epochs", String(epochs)],
      ["Batch size", String(batchSize)],
      ["Seed", String(seed)],
      versionsFact(versions),
      ["Numerics class", numericsClass],
    ]),
  ];
  return {
    schema: pageSchema,
    kind: "Sweep",
    title: report.title,
    created: report.created,
    about: `${plural(report.candidates.length, "head")} by ${report.folds}-fold cross-validation. Classes: ${classList(report.classNames)}.`,
    answer: answerScreen(report),
    sections: sections.filter((section) => section !== undefined),
    version: versions["permafrost"] ?? "",
  };
}

function trainSection(text: string): Section {
  return { title: "How to train the best one", blocks: [{ kind: "command", text }] };
}

/** Settings that did not vary have no column in the table. */
function sameForAll({ candidates }: SweepReport): readonly Fact[] {
  const varied = variedSettings(candidates);
  const { optimizer, learningRate, augment, cut = "the base's end" } = candidates[0]!.settings;
  const all = { optimizer, learningRate: rateText(learningRate), augment, cut } as const;
  const titles = {
    optimizer: "Optimizer",
    learningRate: "Learning rate",
    augment: "Augmentation",
    cut: "Cut",
  };
  const names = ["optimizer", "learningRate", "augment", "cut"] as const;
  return names.filter((name) => !varied.includes(name)).map((name) => [titles[name], all[name]] as const);
}

/** The first screen: the answer in a sentence, three numbers, the picture. */
function answerScreen(report: SweepReport): Answer {
  const { unbiased, test, images, forwards, trainings, seconds } = report;
  const { best, sentence } = sweepAnswer(report);
  const expected = test?.accuracy ?? unbiased.accuracy;
  return {
    sentence,
    remark: `The best of many looks better on the images that it was chosen by: here by about ${withMinus(points(unbiased.optimism))} points. ${
      test === undefined
        ? "There is no test split that could measure it."
        : "The test images took no part in the choice and were asked once, about this candidate alone."
    }`,
    numbers: [
      {
        text: percent(best.accuracy),
        value: best.accuracy,
        meaning: `of the best in cross-validation on ${plural(images, "image")}; 95\u202f% interval ${percent(best.interval[0])} to ${percent(best.interval[1])}`,
        tone: "right",
      },
      {
        text: percent(expected),
        value: expected,
        meaning:
          test === undefined
            ? "to expect on new images, the choice allowed for"
            : `on ${plural(test.images, "test image")}, asked once`,
      },
      {
        text: duration(seconds),
        value: seconds,
        meaning: `${plural(forwards.computed, "forward")} computed, ${count(forwards.reused)} reused${keptText(trainings)}`,
      },
    ],
    picture: { kind: "charts", charts: [firstCandidates(report)] },
  };
}

/** The time is that of the last start, which does not do again what earlier ones have finished. */
function keptText({ trained, kept }: SweepReport["trainings"]): string {
  return kept === 0 ? "" : `; ${count(kept)} of ${plural(trained + kept, "training")} finished before`;
}

function firstCandidates({ candidates }: SweepReport): Intervals {
  const first = candidates.slice(0, shown);
  return {
    kind: "intervals",
    title: `The first ${first.length}, with 95\u202f% intervals`,
    summary: `accuracies in cross-validation from ${percent(first.at(-1)!.accuracy)} to ${percent(first[0]!.accuracy)}.`,
    names: "candidate",
    values: { title: "accuracy in cross-validation", unit: "percent" },
    emphasis: { strong: "cannot be told from the best", plain: plainMeaning(first) },
    rows: first.map((candidate) => ({
      name: shortSettings(candidate, candidates),
      value: candidate.accuracy,
      interval: candidate.interval,
      isStrong: candidate.fromBest?.isNoise === true,
    })),
  };
}

function settingsSection(report: SweepReport): Section | undefined {
  const chart = settingsChart(report);
  if (chart === undefined) return undefined;
  return {
    title: "Which settings do well",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "One line a candidate, from setting to setting to its accuracy; on a narrow screen one point a candidate for each setting. Strong ones cannot be told from the best.",
      },
      { kind: "charts", charts: [chart] },
    ],
  };
}
