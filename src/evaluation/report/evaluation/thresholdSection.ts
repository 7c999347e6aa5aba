import type { ClassDetails } from "../../columnDetails.ts";
import type { ChosenThreshold, ThresholdAim } from "../../thresholds.ts";
import { decimal, percent } from "../format.ts";
import type { Section } from "../page/page.ts";
import { thresholdChart } from "./curveCharts.ts";
import { percentSpan, spanText } from "./spans.ts";

/** The threshold that was asked for; nothing where none was. */
export function thresholdSection(
  threshold: ChosenThreshold | undefined,
  rows: readonly ClassDetails[],
): Section[] {
  if (threshold === undefined) return [];
  const row = rows.find(({ className }) => className === threshold.className)!;
  const chart = thresholdChart(row, threshold.threshold);
  return [
    {
      title: `A threshold for ${threshold.className}`,
      blocks: [
        { kind: "text", text: thresholdText(threshold) },
        ...(chart === undefined ? [] : [{ kind: "charts", charts: [chart] } as const]),
      ],
    },
  ];
}

/** What was asked for, what it gives, and how far that holds. */
export function thresholdText(chosen: ChosenThreshold): string {
  const { className, aim, threshold, precision, precisionInterval, recall, recallInterval } = chosen;
  if (threshold === null || precision === null) {
    return `${aimText(aim)}: no threshold of ${className} does it; calling nothing ${className} ${aim.by === "cost" ? "costs least" : "is all that is left"}.`;
  }
  const range =
    chosen.thresholdInterval === null
      ? ""
      : ` (other such images would have given ${spanText(chosen.thresholdInterval, 4)})`;
  return (
    `${aimText(aim)}: call an image ${className} from a probability of ${threshold.toFixed(4)} on${range}. ` +
    `Precision ${percent(precision)} (${percentSpan(precisionInterval)}), recall ${percent(recall)} (${percentSpan(recallInterval)}).${costText(chosen)} ` +
    "Chosen on these very images: on new ones it will do a little worse. Choose on the validation split, judge on test."
  );
}

function costText({ cost, costInterval, costAtHalf }: ChosenThreshold): string {
  if (cost === null || costAtHalf === null) return "";
  const range = costInterval === null ? "" : ` (${costInterval.map(decimal).join(" to ")})`;
  return ` It costs ${decimal(cost)} an image${range}, against ${decimal(costAtHalf)} at 0.5.`;
}

function aimText(aim: ThresholdAim): string {
  return aim.by === "precision"
    ? `For a precision of ${percent(aim.precision)}`
    : `Where a missed one costs ${decimal(aim.missed)} and a false alarm ${decimal(aim.falseAlarm)}`;
}
