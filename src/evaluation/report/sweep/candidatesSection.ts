import { pText } from "../../statistics/verdict.ts";
import type { SweepCandidate, SweepReport } from "../../sweep/sweepReport.ts";
import { variedSettings } from "../../sweep/variedSettings.ts";
import { estimated } from "../cells.ts";
import { decimal, percent, points, withMinus } from "../format.ts";
import type { Section } from "../page/page.ts";
import type { Cell, Column } from "../page/table.ts";
import { rateText } from "../rateChart.ts";

/** Settings that have a column of their own where they vary; the head always has one. */
const settingColumns = {
  head: { title: "head" },
  optimizer: { title: "optimizer" },
  learningRate: { title: "learning rate", as: "number" },
  augment: { title: "augment" },
  cut: { title: "cut" },
} as const;

type Setting = keyof typeof settingColumns;

function columnsFor(settings: readonly Setting[]): readonly Column[] {
  return [
    { title: "place" },
    { title: "accuracy", as: "number" },
    ...settings.map((name) => settingColumns[name]),
    { title: "epochs", as: "number" },
    { title: "folds", as: "number" },
    { title: "loss", as: "number" },
    { title: "from the best, points", as: "number" },
    { title: "p, corrected", as: "number" },
    { title: "remark" },
  ];
}

/** All candidates, best first. */
export function candidatesSection({ candidates, epochs }: SweepReport): Section {
  const varied = variedSettings(candidates);
  const settings: readonly Setting[] = ["head", ...varied.filter((name) => name !== "head")];
  return {
    title: "Candidate by candidate",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "Accuracy over all images, each judged by a head that was not trained on it. From the best: McNemar's mid-p test on the same images, corrected for the number of candidates (Holm); “noise” where the images cannot tell, “stopped” where halving trained it for fewer epochs.",
      },
      {
        kind: "table",
        table: {
          caption: "Candidates of the sweep, best first",
          columns: columnsFor(settings),
          rows: candidates.map((candidate, at) => [
            String(at + 1),
            estimated({ value: candidate.accuracy, interval: candidate.interval }, percent),
            ...settings.map((name) => settingCell(candidate, name)),
            { text: String(candidate.epochs), value: candidate.epochs },
            ...foldCells(candidate),
            remark(candidate, epochs),
          ]),
        },
      },
    ],
  };
}

function settingCell({ settings }: SweepCandidate, name: Setting): Cell {
  const value = settings[name] ?? "end";
  return typeof value === "number" ? { text: rateText(value), value } : value;
}

function foldCells({ perFold, loss, fromBest }: SweepCandidate): readonly Cell[] {
  return [
    perFold.length === 0 ? "none" : `${percent(Math.min(...perFold))} to ${percent(Math.max(...perFold))}`,
    { text: decimal(loss), value: Number.isFinite(loss) ? loss : null },
    fromBest === undefined
      ? ""
      : { text: withMinus(points(fromBest.difference)), value: fromBest.difference },
    fromBest === undefined ? "" : { text: pText(fromBest.corrected), value: fromBest.corrected },
  ];
}

function remark({ fromBest, failure, epochs }: SweepCandidate, all: number): string {
  if (failure !== undefined) return "diverged";
  if (epochs < all) return "stopped";
  if (fromBest === undefined) return "";
  if (fromBest.difference === 0 && fromBest.corrected === 1) return "best";
  return fromBest.isNoise ? "noise" : "worse";
}
