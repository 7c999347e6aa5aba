import type { JudgingSplit, MethodSummary } from "../../comparison/comparisonReport.ts";
import { percent } from "../format.ts";
import type { Intervals } from "../page/intervals.ts";

export interface AccuracyChartOptions {
  readonly title: string;
  readonly judgedBy: JudgingSplit;
  readonly isStrong: (method: MethodSummary) => boolean;
  readonly emphasis?: Intervals["emphasis"];
}

/** Accuracies of methods on their intervals. */
export function accuracyChart(
  methods: readonly MethodSummary[],
  { title, judgedBy, isStrong, emphasis }: AccuracyChartOptions,
): Intervals {
  const rows = methods.map((method) => {
    const { value, interval } = method.scores[judgedBy]!.accuracy;
    return { name: method.method, value, interval, isStrong: isStrong(method) };
  });
  const sorted = [...rows].sort((a, b) => a.value - b.value);
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  return {
    kind: "intervals",
    title,
    summary: `from ${low.name} with ${percent(low.value)} to ${high.name} with ${percent(high.value)}.`,
    names: "method",
    values: { title: "accuracy", unit: "percent" },
    rows,
    ...(emphasis === undefined ? {} : { emphasis }),
  };
}
