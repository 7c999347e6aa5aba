import { csvText } from "../report/csv.ts";
import { sweepAnswer } from "./sweepAnswer.ts";
import type { SweepCandidate, SweepReport } from "./sweepReport.ts";

/** One line a candidate, for spreadsheets. */
export function sweepCsv({ candidates }: SweepReport): string {
  return csvText(
    candidates.map(({ settings, accuracy, interval, perFold, loss, epochs, seconds, fromBest, failure }) => ({
      ...settings,
      epochs,
      accuracy,
      accuracy_low: interval[0],
      accuracy_high: interval[1],
      loss,
      seconds,
      ...Object.fromEntries(perFold.map((value, fold) => [`fold_${fold + 1}`, value])),
      ...(fromBest === undefined ? {} : { from_best: fromBest.difference, p_corrected: fromBest.corrected }),
      ...(failure === undefined ? {} : { failure }),
    })),
  );
}

/** The sweep as text for a README or an issue. */
export function sweepMarkdown(report: SweepReport): string {
  const { candidates, remarks, command, folds } = report;
  const lines = [
    `# ${report.title}: ${candidates.length} heads by ${folds}-fold cross-validation`,
    "",
    sweepAnswer(report).sentence,
    "",
    "| head | optimizer | learning rate | augment | cut | epochs | accuracy, 95 % interval | from the best, points | p, corrected |",
    "|---|---|---|---|---|---|---|---|---|",
    ...candidates.map((candidate) => `| ${cells(candidate).join(" | ")} |`),
    ...(remarks.length === 0 ? [] : ["", ...remarks.map((remark) => `- ${remark}`)]),
    "",
    "```",
    command,
    "```",
  ];
  return `${lines.join("\n")}\n`;
}

function cells({ settings, epochs, accuracy, interval, fromBest }: SweepCandidate): readonly string[] {
  const percent = (share: number) => (100 * share).toFixed(1);
  return [
    settings.head,
    settings.optimizer,
    String(settings.learningRate),
    settings.augment,
    settings.cut ?? "end",
    String(epochs),
    `${percent(accuracy)} % (${interval.map(percent).join(" to ")})`,
    fromBest === undefined ? "" : percent(fromBest.difference),
    fromBest === undefined ? "" : fromBest.corrected.toFixed(3),
  ];
}
