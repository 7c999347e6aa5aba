import { countByClass } from "../../data/dataset.ts";
import type { ComparisonReport } from "../../evaluation/comparison/comparisonReport.ts";
import { samplesOf } from "../phases/headTraining.ts";
import type { FinishedComparison } from "./finishedComparison.ts";

/** Fewer judged images than this give intervals of ten points and more. */
const fewImages = 100;

/** What a reader should know before believing the numbers, in sentences. */
export function comparisonRemarks(
  { known, methods }: FinishedComparison,
  { judgedBy, methods: judged }: Pick<ComparisonReport, "judgedBy" | "methods">,
): readonly string[] {
  const remarks: string[] = [];
  if (judgedBy === "validation") {
    remarks.push(
      "There is no test split: the validation images judge, and whoever picks the best method by them has used them for choosing. " +
        "The best of several looks better on them than it will be on new images; hold a test split back to know.",
    );
  }
  remarks.push(...missingClasses(known), ...fewImagesRemark(judged, judgedBy));
  for (const { call, runs } of methods) {
    const classes = new Set(runs.flatMap(({ answers }) => answers[judgedBy]?.predicted ?? []));
    if (classes.size === 1)
      remarks.push(
        `${call.id} gives every image the same class: it has learned nothing that tells them apart.`,
      );
  }
  if (judged.some(({ seeds }) => seeds.length === 1) && judged.every(({ seeds }) => seeds.length <= 1)) {
    remarks.push("One run of each method: nothing is known of how much another seed would change.");
  }
  const continued = methods.flatMap(({ call, runs }) =>
    runs.filter(({ isContinued }) => isContinued).map(({ seed }) => `${call.id} (seed ${seed})`),
  );
  if (continued.length > 0) {
    remarks.push(
      `${continued.join(", ")} went on where an earlier start had been stopped: time and forwards are those of the last part alone.`,
    );
  }
  const skipped = known.data.dataset.skipped.length;
  if (skipped > 0) remarks.push(`${skipped} files cannot be used; permafrost scan shows them.`);
  return remarks;
}

function missingClasses({ data }: FinishedComparison["known"]): string[] {
  const { classNames } = data.dataset;
  return (["train", "validation", "test"] as const).flatMap((split) => {
    const samples = samplesOf(data, split);
    if (samples.length === 0) return [];
    const counts = countByClass(samples, classNames.length);
    const missing = classNames.filter((_, label) => counts[label] === 0);
    if (missing.length === 0) return [];
    return [
      `The ${split} split has no image of ${missing.join(", ")}: its numbers say nothing of ${missing.length === 1 ? "this class" : "these classes"}.`,
    ];
  });
}

function fewImagesRemark(
  judged: ComparisonReport["methods"],
  judgedBy: ComparisonReport["judgedBy"],
): string[] {
  const scores = judged[0]?.scores[judgedBy];
  if (scores === undefined || scores.images >= fewImages) return [];
  const [low, high] = scores.firstRun.interval;
  return [
    `Only ${scores.images} images judge: an accuracy of ${percent(scores.firstRun.accuracy)} may stand for anything from ${percent(low)} to ${percent(high)}. Differences between methods can hardly show.`,
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
