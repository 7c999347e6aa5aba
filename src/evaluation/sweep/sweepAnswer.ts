import { hundredths } from "../../base/hundredths.ts";
import { rateText } from "../report/rateChart.ts";
import type { SweepCandidate, SweepReport } from "./sweepReport.ts";
import { variedSettings } from "./variedSettings.ts";

/** What a sweep found, in a sentence that claims no more than the images show. */
export function sweepAnswer(report: SweepReport): {
  readonly best: SweepCandidate;
  readonly sentence: string;
} {
  const { candidates, alike, unbiased, test } = report;
  const best = candidates[0]!;
  const others = candidates.filter(({ fromBest }) => fromBest !== undefined).length - 1;
  // Halving stops most candidates early.
  const rivals =
    others + 1 < candidates.length ? `other ${others} that were trained to the end` : `other ${others}`;
  const percent = (share: number) => `${hundredths(share)}\u202f%`;
  const measured =
    test === undefined
      ? `allowing for the choice, expect ${percent(unbiased.accuracy)} on new images`
      : `asked once, ${test.images.toLocaleString("en-US")} test images say ${percent(test.accuracy)} (${percent(test.interval[0])} to ${percent(test.interval[1])})`;
  const noise =
    alike <= 1
      ? others > 0
        ? `the ${rivals} do worse`
        : "it is the only one"
      : alike > others
        ? `none of the ${rivals} can be told from it`
        : `${alike - 1} of the ${rivals} cannot be told from it`;
  return {
    best,
    sentence: `${describeSettings(best)} comes first with ${percent(best.accuracy)} in cross-validation, and ${noise}; ${measured}.`,
  };
}

/** As `describeSettings`, only what differs between the candidates: for narrow places. */
export function shortSettings({ settings }: SweepCandidate, all: readonly SweepCandidate[]): string {
  const varied = variedSettings(all).map((name) => {
    const value = settings[name] ?? "end";
    return typeof value === "number" ? rateText(value) : value;
  });
  return varied.length === 0 ? settings.head : varied.join(" ").replace("linear,", "");
}

/** `linear, adam 0.003`, with what is not usual. */
export function describeSettings({ settings }: SweepCandidate): string {
  const { head, optimizer, learningRate, augment, cut } = settings;
  const more = [
    ...(augment === "none" ? [] : [`augmented by ${augment}`]),
    ...(cut === undefined ? [] : [`on ${cut}`]),
  ];
  return [`${head} with ${optimizer} ${rateText(learningRate)}`, ...more].join(", ");
}
