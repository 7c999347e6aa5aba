import type { ClassDetails } from "../../columnDetails.ts";
import type { ClassScores } from "../../scores.ts";
import { counted, ranged } from "../cells.ts";
import { percent } from "../format.ts";
import type { Block } from "../page/page.ts";
import { percentSpan, spanText } from "./spans.ts";

/** How well each class or label is found, with its intervals. */
export function foundTable(
  title: "class" | "label",
  caption: string,
  rows: readonly Pick<ClassScores, "className" | "precision" | "recall" | "f1" | "support">[],
  details: readonly ClassDetails[],
): Block {
  return {
    kind: "table",
    table: {
      caption: `${caption} In small letters 95 % intervals.`,
      columns: [
        { title },
        ...["precision", "recall", "F1", "AUC", "average precision", "pictures"].map(
          (each) => ({ title: each, as: "number" }) as const,
        ),
      ],
      rows: rows.map(({ className, precision, recall, f1, support }, at) => {
        const { auc, averagePrecision, ...more } = details[at]!;
        return [
          className,
          ranged(percent(precision), precision, more.precisionInterval, percentSpan),
          ranged(percent(recall), recall, more.recallInterval, percentSpan),
          ranged(f1.toFixed(3), f1, more.f1Interval, spanText),
          ranged(auc?.toFixed(3) ?? "none", auc, more.aucInterval, spanText),
          ranged(
            averagePrecision?.toFixed(3) ?? "none",
            averagePrecision,
            more.averagePrecisionInterval,
            spanText,
          ),
          counted(support),
        ];
      }),
    },
  };
}
