import type { Interval } from "../interval.ts";
import type { WorstAnswer } from "../trainingReport.ts";
import type { RegressionScores } from "../valueScores.ts";
import { shownWhat } from "./answer.ts";
import { caution } from "./caution.ts";
import { decimal, withMinus } from "./format.ts";
import type { JudgedTask } from "./judgedTask.ts";
import type { Answer, Section } from "./page/page.ts";
import type { Cell } from "./page/table.ts";

/** The answer about numbers in one sentence and two numbers. */
export function valuesAnswer({ split, scores }: JudgedTask<RegressionScores>, r2Interval?: Interval): Answer {
  const first = scores.perValue[0]!;
  const [low, high] = first.meanAbsoluteErrorInterval;
  const isSeveral = scores.perValue.length > 1;
  return {
    sentence: `${shownWhat(split, scores.samples)}, its ${first.name} is off by ${decimal(first.meanAbsoluteError)} on average.`,
    remark: `${caution(split)} Always saying the median would be off by ${decimal(first.medianError)}.${isSeveral ? " The table below has the other values." : ""}`,
    numbers: [
      {
        text: decimal(first.meanAbsoluteError),
        value: first.meanAbsoluteError,
        meaning: `mean absolute error, ${split === "all" ? "all pictures" : `${split} split`}; 95\u202f% interval ${decimal(low)} to ${decimal(high)}`,
        tone: "right",
      },
      {
        text: explained(scores.meanR2),
        value: scores.meanR2,
        meaning: `R², the share of the variance that is explained${isSeveral ? ", mean of all values" : ""}${r2Interval === undefined ? "" : `; 95\u202f% interval ${r2Interval.map(explained).join(" to ")}`}`,
      },
    ],
  };
}

/** The errors of every value. */
export function valuesTable({ split, scores }: JudgedTask<RegressionScores>): Section {
  return {
    title: "Value by value",
    blocks: [
      {
        kind: "table",
        table: {
          caption:
            `On the ${split} split, in each value's own unit. RMSE: root of the mean squared error, which large errors weigh on. Bias: how much too ` +
            "high it is on average. R²: share of the variance that is explained, drawn as the bar.",
          columns: [
            { title: "value" },
            ...["mean absolute error", "95 % interval", "RMSE", "bias", "R²"].map(
              (title) => ({ title, as: "number" }) as const,
            ),
            { title: "", as: "bar" },
          ],
          rows: scores.perValue.map((row) => [
            row.name,
            numberCell(row.meanAbsoluteError),
            row.meanAbsoluteErrorInterval.map(decimal).join(" to "),
            numberCell(row.rootMeanSquaredError),
            numberCell(row.bias),
            { text: explained(row.r2), value: row.r2 },
            { text: "", value: row.r2 },
          ]),
        },
      },
    ],
  };
}

function numberCell(value: number): Cell {
  return { text: decimal(value), value };
}

function explained(r2: number | null): string {
  return r2 === null ? "none" : withMinus(r2.toFixed(3));
}

/** The pictures with the largest errors. */
export function valueMistakes(worst: readonly WorstAnswer[], split: string): Section {
  return {
    title: "Largest errors",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: `Errors in units of each value's spread (${split} split). Look here first: some may be wrong in the table.`,
      },
      {
        kind: "gallery",
        pictures: worst.map(({ truth, answer, ...picture }) => ({
          ...picture,
          lines: [
            ["Is ", { strong: truth }, ","],
            ["said ", { strong: answer, tone: "wrong" }],
          ],
        })),
      },
    ],
  };
}
