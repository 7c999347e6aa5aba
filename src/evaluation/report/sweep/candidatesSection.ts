import { pText } from "../../statistics/verdict.ts";
import type { SweepCandidate, SweepReport } from "../../sweep/sweepReport.ts";
import { estimated } from "../cells.ts";
import { decimal, percent, points, withMinus } from "../format.ts";
import type { Section } from "../page/page.ts";
import type { Cell, Column } from "../page/table.ts";
import { rateText } from "../rateChart.ts";

const columns: readonly Column[] = [
  { title: "place" },
  { title: "accuracy", as: "number" },
  { title: "head" },
  { title: "optimizer" },
  { title: "learning rate", as: "number" },
  { title: "augment" },
  { title: "cut" },
  { title: "epochs", as: "number" },
  { title: "folds", as: "number" },
  { title: "loss", as: "number" },
  { title: "from the best, points", as: "number" },
  { title: "p, corrected", as: "number" },
  { title: "remark" },
];

/** All candidates, best first. */
export function candidatesSection({ candidates, epochs }: SweepReport): Section {
  return {
    title: "Candidate by candidate",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: "Accuracy over all images, each judged by a head that was not trained on it. From the best: McNemar's mid-p test on the same images, corrected for the number of candidates (Holm); “noise” where the images cannot tell.",
      },
      {
        kind: "table",
        table: {
          caption: "Candidates of the sweep, best first",
          columns,
          rows: candidates.map((candidate, at) => [
            String(at + 1),
            estimated({ value: candidate.accuracy, interval: candidate.interval }, percent),
            ...settingCells(candidate),
            ...foldCells(candidate),
            remark(candidate, epochs),
          ]),
        },
      },
    ],
  };
}

function settingCells({ settings, epochs }: SweepCandidate): readonly Cell[] {
  const { head, optimizer, learningRate, augment, cut = "end" } = settings;
  const rate = { text: rateText(learningRate), value: learningRate };
  return [head, optimizer, rate, augment, cut, { text: String(epochs), value: epochs }];
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
  if (epochs < all) return `stopped after ${epochs} epochs`;
  if (fromBest === undefined) return "";
  if (fromBest.difference === 0 && fromBest.corrected === 1) return "best";
  return fromBest.isNoise ? "noise" : "worse";
}
