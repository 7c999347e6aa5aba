import type { ClassDetails, FoundIntervals } from "../../columnDetails.ts";
import type { Interval } from "../../interval.ts";
import type { ClassScores } from "../../scores.ts";
import { counted, ranged } from "../cells.ts";
import { percent } from "../format.ts";
import type { Block } from "../page/page.ts";
import type { Cell } from "../page/table.ts";
import { percentSpan, spanText } from "./spans.ts";

type Areas = Pick<ClassDetails, "auc" | "aucInterval" | "averagePrecision" | "averagePrecisionInterval">;

/** How well each class or label is found, with its intervals; the areas under its curves where they are known. */
export function foundTable(
  title: "class" | "label",
  caption: string,
  rows: readonly Pick<ClassScores, "className" | "precision" | "recall" | "f1" | "support">[],
  details: readonly (FoundIntervals & Partial<Areas>)[],
): Block {
  const hasAreas = details.some(({ auc }) => auc !== undefined);
  const areas = hasAreas ? ["AUC", "average precision"] : [];
  return {
    kind: "table",
    table: {
      caption: `${caption} In small letters 95 % intervals.`,
      columns: [
        { title },
        ...["precision", "recall", "F1", ...areas, "pictures"].map(
          (each) => ({ title: each, as: "number" }) as const,
        ),
      ],
      rows: rows.map(({ className, precision, recall, f1, support }, at) => {
        const more = details[at]!;
        return [
          className,
          ranged(percent(precision), precision, more.precisionInterval, percentSpan),
          ranged(percent(recall), recall, more.recallInterval, percentSpan),
          ranged(f1.toFixed(3), f1, more.f1Interval, spanText),
          ...(hasAreas ? areaCells(more) : []),
          counted(support),
        ];
      }),
    },
  };
}

function areaCells({ auc, aucInterval, averagePrecision, averagePrecisionInterval }: Partial<Areas>) {
  return [areaCell(auc, aucInterval), areaCell(averagePrecision, averagePrecisionInterval)];
}

function areaCell(area: number | null = null, interval: Interval | null = null): Cell {
  return ranged(area?.toFixed(3) ?? "none", area, interval, spanText);
}
