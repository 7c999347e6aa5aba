import { csvRecords } from "../../data/csvText.ts";
import type { SweepReport } from "./sweepReport.ts";

/** One line a candidate, for spreadsheets. */
export function sweepCsv({ candidates }: SweepReport): string {
  return csvRecords(
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
