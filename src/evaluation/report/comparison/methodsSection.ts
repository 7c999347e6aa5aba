import type { ComparisonReport, JudgedScores } from "../../comparison/comparisonReport.ts";
import { counted, estimated } from "../cells.ts";
import { decimal, percent } from "../format.ts";
import type { Section } from "../page/page.ts";
import type { Cell } from "../page/table.ts";

/** How good each method is, on validation and test. */
export function methodsSection({ methods, judgedBy }: ComparisonReport): Section {
  const splits = (["validation", "test"] as const).filter((split) => methods[0]!.scores[split] !== undefined);
  return {
    title: "Method by method",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: `Means over the runs. Intervals of accuracy (BCa), macro F1 and loss are over images, by bootstrap; “over seeds” is the spread from run to run. The tests judge by the ${judgedBy} split.`,
      },
      ...splits.map((split) => {
        const numbers = ["runs", `accuracy, ${split}`, "over seeds, points", "macro F1", "loss"];
        return {
          kind: "table",
          table: {
            caption: `Scores of each method on the ${split} split`,
            columns: [{ title: "method" }, ...numbers.map((title) => ({ title, as: "number" }) as const)],
            rows: methods.map(({ method, scores }) => [method, ...scoreCells(scores[split]!)]),
          },
        } as const;
      }),
      {
        kind: "facts",
        title: "What each method does",
        facts: methods.map(({ method, summary }) => [method, summary] as const),
        isFolded: true,
      },
    ],
  };
}

function scoreCells({ accuracy, overSeeds, macroF1, loss }: JudgedScores): readonly Cell[] {
  const { runs, deviation } = overSeeds;
  return [
    counted(runs),
    estimated(accuracy, percent),
    deviation === null ? "one run" : { text: `±${(100 * deviation).toFixed(2)}`, value: deviation },
    estimated(macroF1, (value) => value.toFixed(3)),
    loss === null ? "none" : estimated(loss, decimal),
  ];
}
