import type { ComparisonReport } from "../../comparison/comparisonReport.ts";
import type { Section } from "../page/page.ts";

/** What was left out, and what else to know. */
export function remarksSection({
  leftOut,
  remarks,
}: Pick<ComparisonReport, "leftOut" | "remarks">): Section | undefined {
  if (leftOut.length === 0 && remarks.length === 0) return undefined;
  const reasons = leftOut.map(({ method, reason }) => `${method}: ${reason}`);
  return {
    title: "Worth knowing",
    blocks: [
      ...(remarks.length === 0 ? [] : [{ kind: "list", items: remarks } as const]),
      ...(reasons.length === 0 ? [] : [{ kind: "list", title: "Left out", items: reasons } as const]),
    ],
  };
}
