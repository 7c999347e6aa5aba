import { hundredths } from "../../../base/hundredths.ts";
import type { LearningCurve } from "../../review/learningCurve.ts";
import { count, percent } from "../format.ts";
import type { Section } from "../page/page.ts";
import type { Plot } from "../page/plot.ts";

/** Would more photos help? */
export function curveSection(curve: LearningCurve): Section {
  return {
    title: "Would more photos help?",
    blocks: [
      { kind: "text", text: curveText(curve) },
      { kind: "charts", charts: [curveChart(curve)] },
      {
        kind: "text",
        isQuiet: true,
        text: "Mean of several choices of training images; the band reaches from the lowest to the highest. Logistic regression on stored features.",
      },
    ],
  };
}

/** A gain in accuracy below this is hardly worth the photos. */
const worthwhile = 0.005;

/** The answer, as strong as the numbers are. */
export function curveText({ lastDoubling, atTwice, judged, points }: LearningCurve): string {
  const { from, to, gain, interval } = lastDoubling;
  const [low, high] = interval;
  const points1 = (value: number) => `${value >= 0 ? "+" : "−"}${hundredths(Math.abs(value))}`;
  const measured = `From ${count(from)} to ${count(to)} training images accuracy changed by ${points1(gain)} points (95\u202f% interval ${points1(low)} to ${points1(high)}, ${count(judged)} images judged).`;
  const now = points.at(-1)!.accuracy;
  const more = Math.max(0, atTwice - now);
  const expected = `The curve, drawn on, gives about ${percent(atTwice)} with twice as many, ${points1(more)} points.`;
  if (low > 0 && more >= worthwhile)
    return `Probably yes. ${measured} ${expected} It is a guess: the curve may flatten.`;
  if (low > 0) return `A little, perhaps. ${measured} ${expected}`;
  if (high < worthwhile)
    return `Hardly. ${measured} ${expected} Another base, fine-tuning or better labels promise more.`;
  return `Not clear. ${measured} ${expected} With these few images judged, a small gain does not show.`;
}

function curveChart({ points, atTwice }: LearningCurve): Plot {
  const last = points.at(-1)!;
  return {
    title: "Accuracy by the number of training images",
    summary: `From ${percent(points[0]!.accuracy)} with ${count(points[0]!.images)} images to ${percent(last.accuracy)} with ${count(last.images)}.`,
    size: "large",
    x: { title: "training images", scale: "log", unit: "count" },
    y: { title: "accuracy", unit: "percent" },
    series: [
      {
        name: "measured",
        as: "line",
        points: points.map(({ images, accuracy, range }) => [images, accuracy, ...range] as const),
      },
      {
        name: "drawn on",
        as: "dashed",
        color: "quiet",
        points: [
          [last.images, last.accuracy],
          [2 * last.images, atTwice],
        ],
      },
    ],
  };
}
