import type { EvaluationReport, JudgedValues } from "../../evaluationReport.ts";
import type { Interval } from "../../interval.ts";
import { ranged } from "../cells.ts";
import { decimal, withMinus } from "../format.ts";
import type { Section } from "../page/page.ts";
import { valueMistakes, valuesAnswer } from "../valueSections.ts";
import type { TaskParts } from "./classParts.ts";
import { spanText } from "./spans.ts";
import { errorChart, saidAndTrue } from "./valueCharts.ts";

export function valueParts(split: EvaluationReport["split"], values: JudgedValues): TaskParts {
  const { scores, details, worst } = values;
  const answer = valuesAnswer({ split, scores }, details.meanR2Interval ?? undefined);
  const [first] = details.perValue;
  return {
    answer: {
      ...answer,
      remark: [answer.remark, ...details.remarks].join(" "),
      numbers: [
        ...answer.numbers,
        {
          text: decimal(first!.ninthDecile),
          value: first!.ninthDecile,
          meaning: `nine of ten pictures are off by less${inBrackets(first!.ninthDecileInterval)}`,
        },
      ],
      pictureTitle: "Said and true",
      picture: { kind: "charts", charts: [saidAndTrue(values, 0)] },
    },
    details: [
      valueSection(values),
      {
        title: "How far it is off",
        blocks: [
          {
            kind: "charts",
            // Of several values each one's two charts stand beside each other; of a single one the first is at the top.
            charts: details.perValue.flatMap((row, at) =>
              scores.perValue.length === 1 ? [errorChart(row)] : [saidAndTrue(values, at), errorChart(row)],
            ),
          },
        ],
      },
      valueMistakes(worst, split),
    ],
  };
}

function inBrackets(interval: Interval | null): string {
  return interval === null ? "" : `; 95\u202f% interval ${decimal(interval[0])} to ${decimal(interval[1])}`;
}

function valueSection({ scores, details }: JudgedValues): Section {
  const shown = (value: number) => withMinus(decimal(value));
  const span = ([low, high]: Interval) => `${shown(low)} to ${shown(high)}`;
  const cell = (value: number, interval: Interval | null) => ranged(shown(value), value, interval, span);
  return {
    title: "Value by value",
    blocks: [
      {
        kind: "table",
        table: {
          caption:
            "In each value's own unit. RMSE: root of the mean squared error, which large errors weigh on. Half, and nine of ten, are off by less than the next two. " +
            "Bias: how much too high it is on average. R²: share of the variance that is explained. In small letters 95 % intervals.",
          columns: [
            { title: "value" },
            ...["mean absolute error", "RMSE", "half", "nine of ten", "bias", "R²"].map(
              (title) => ({ title, as: "number" }) as const,
            ),
          ],
          rows: scores.perValue.map((row, at) => {
            const more = details.perValue[at]!;
            return [
              row.name,
              cell(row.meanAbsoluteError, row.meanAbsoluteErrorInterval),
              cell(row.rootMeanSquaredError, more.rootMeanSquaredErrorInterval),
              cell(more.medianAbsoluteError, more.medianAbsoluteErrorInterval),
              cell(more.ninthDecile, more.ninthDecileInterval),
              cell(row.bias, more.biasInterval),
              ranged(
                row.r2 === null ? "none" : withMinus(row.r2.toFixed(3)),
                row.r2,
                more.r2Interval,
                spanText,
              ),
            ];
          }),
        },
      },
    ],
  };
}
