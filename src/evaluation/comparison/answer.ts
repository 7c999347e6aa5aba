import { count, percent } from "../report/format.ts";
import type { ComparisonReport, MethodSummary } from "./comparisonReport.ts";

/** Which method is best, as far as the images tell. */
export interface ComparisonAnswer {
  /** With the highest accuracy. */
  readonly best: MethodSummary;
  /** Those that the images cannot tell from it, in the methods' order. */
  readonly alike: readonly MethodSummary[];
  /** Of the best and those like it, the one that took the fewest forwards, then the fewest seconds. */
  readonly cheapest: MethodSummary;
  readonly sentence: string;
}

export function comparisonAnswer(report: ComparisonReport): ComparisonAnswer {
  const { methods, pairs, judgedBy } = report;
  const accuracy = ({ scores }: MethodSummary) => scores[judgedBy]!.accuracy.value;
  const best = methods.reduce((top, each) => (accuracy(each) > accuracy(top) ? each : top));
  const alike = methods.filter(
    (each) =>
      each !== best &&
      pairs.some(
        ({ first, second, verdict }) =>
          [first, second].includes(best.method) &&
          [first, second].includes(each.method) &&
          (verdict === "unclear" || verdict === "same"),
      ),
  );
  const cheapest = [best, ...alike].reduce((least, each) => (workOf(each) < workOf(least) ? each : least));
  return { best, alike, cheapest, sentence: sentenceOf(report, best, alike, cheapest) };
}

/** Forwards that one run would take with an empty store; seconds tell equal ones apart. */
function workOf({ cost, seeds }: MethodSummary): number {
  const seconds = Object.values(cost.seconds).reduce((sum, each) => sum + each, 0);
  return (cost.computed + cost.reused + 1e-6 * seconds) / seeds.length;
}

function sentenceOf(
  { methods, judgedBy }: ComparisonReport,
  best: MethodSummary,
  alike: readonly MethodSummary[],
  cheapest: MethodSummary,
): string {
  const { accuracy, images } = best.scores[judgedBy]!;
  const share = percent(accuracy.value);
  if (methods.length === 1)
    return `${best.method} is right on ${share} of ${count(images)} ${judgedBy} images.`;
  const shown = `${best.method} is right most often, on ${share} of ${count(images)} ${judgedBy} images`;
  if (alike.length === 0) return `${shown}; every other method does worse.`;
  const others = methods.length - 1 - alike.length;
  const rest = others === 0 ? "" : others === 1 ? " One does worse." : ` The other ${others} do worse.`;
  const cheap = cheapest === best ? "" : ` The cheapest of these is ${cheapest.method}.`;
  const names =
    alike.length > mostNamed
      ? `${alike.length} of the other ${methods.length - 1}`
      : listed(alike.map(({ method }) => method));
  return `${shown}, but these cannot tell it from ${names}.${cheap}${rest}`;
}

/** More names than this are no sentence any more; the picture has them. */
const mostNamed = 3;

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
