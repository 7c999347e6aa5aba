import type { ClassDetails } from "../../columnDetails.ts";
import type { Section } from "../page/page.ts";
import { mostLines, precisionRecallChart, rocChart } from "./curveCharts.ts";

/** How well each class, or label, is told from what is not it, wherever the threshold is set. */
export function curvesSection(rows: readonly ClassDetails[], kind: "class" | "label"): Section {
  const charts = [rocChart(rows), precisionRecallChart(rows)].filter((chart) => chart !== undefined);
  const each =
    kind === "class"
      ? "Each class against all others."
      : "Each label: images that have it against those without.";
  const names = kind === "class" ? "classes" : "labels";
  const part =
    rows.length > mostLines
      ? ` The ${mostLines} ${names} with the smallest average precision are drawn; the table above has all.`
      : "";
  return {
    title: "Whatever the threshold",
    blocks: [
      {
        kind: "text",
        isQuiet: true,
        text: `${each} In brackets the area under the curve, and the average precision.${part}`,
      },
      charts.length === 0
        ? {
            kind: "text",
            text:
              kind === "class"
                ? "Only one class is there: there is nothing to draw."
                : "No label is on some images and not on others: there is nothing to draw.",
          }
        : { kind: "charts", charts },
    ],
  };
}
