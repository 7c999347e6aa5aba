import { count, plural } from "../format.ts";
import { isContradiction, isLeak } from "./copyGroup.ts";
import type { ReviewReport } from "./reviewReport.ts";

/** What was found, for the page and the terminal. */
export function reviewSentence({
  issues,
  copies,
  outliers,
  images,
}: Pick<ReviewReport, "issues" | "copies" | "outliers" | "images">): string {
  const leaks = copies.filter(isLeak).length;
  if (issues.length + copies.length + outliers.length === 0) {
    return `Nothing odd was found in ${plural(images, "image")}.`;
  }
  const contradictions = copies.filter(isContradiction).length;
  const remarks = [
    ...(leaks > 0 ? [`${count(leaks)} across splits`] : []),
    ...(contradictions > 0 ? [`${count(contradictions)} under two classes`] : []),
  ];
  const where = remarks.length > 0 ? ` (${remarks.join(", ")})` : "";
  const parts = [
    [issues.length, `${plural(issues.length, "label is", "labels are")} probably wrong`],
    [copies.length, `${plural(copies.length, "picture is", "pictures are")} there more than once${where}`],
    [outliers.length, `${plural(outliers.length, "image looks", "images look")} like no other`],
  ] as const;
  const found = parts.flatMap(([number, text]) => (number === 0 ? [] : [text]));
  return `Of ${plural(images, "image")}, ${found.join(", ")}.`;
}
