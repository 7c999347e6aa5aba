import { count, percent, plural } from "../format.ts";
import { type Page, pageSchema } from "../page/page.ts";
import { curveSection } from "./curveSection.ts";
import { copySection, isLeak, issueSection, outlierSection } from "./foundSections.ts";
import { listSection } from "./listSection.ts";
import { firstMap, mapSections } from "./mapSections.ts";
import type { ReviewReport } from "./reviewReport.ts";

/** The page about what is odd in a data set. */
export function reviewPage(report: ReviewReport): Page {
  const leaks = report.copies.filter(isLeak).length;
  return {
    schema: pageSchema,
    kind: "Review",
    title: report.title,
    created: report.created,
    about: `${plural(report.images, "image")} of ${plural(report.classNames.length, "class", "classes")}, seen by ${report.base}.`,
    answer: {
      sentence: sentence(report, leaks),
      remark:
        "Found by the features of the base network alone: suggestions to look at, not verdicts. No file was changed; the lists below are for train --relabel and --exclude once you have looked through them.",
      numbers: [
        {
          text: count(report.issues.length),
          value: report.issues.length,
          meaning: `probably wrong labels of ${count(report.images)}`,
          ...tone(report.issues.length),
        },
        {
          text: count(leaks),
          value: leaks,
          meaning: `pictures that are in two splits; ${count(report.copies.length)} are there more than once in all`,
          ...tone(leaks),
        },
        {
          text: percent(report.accuracy),
          value: report.accuracy,
          meaning: "agree with a classifier that has not seen them (5 folds)",
        },
      ],
      pictureTitle: "The images on a map",
      picture: { kind: "charts", charts: [firstMap(report)] },
    },
    sections: [
      issueSection(report),
      copySection(report),
      outlierSection(report),
      ...(report.curve === undefined ? [] : [curveSection(report.curve)]),
      ...mapSections(report),
      listSection(report),
    ],
    version: report.version,
  };
}

function tone(found: number): { readonly tone?: "wrong" } {
  return found === 0 ? {} : { tone: "wrong" };
}

function sentence({ issues, copies, outliers, images }: ReviewReport, leaks: number): string {
  if (issues.length + copies.length + outliers.length === 0) {
    return `Nothing odd was found in ${plural(images, "image")}.`;
  }
  const across = leaks > 0 ? ` (${count(leaks)} across splits)` : "";
  const parts = [
    [issues.length, `${plural(issues.length, "label is", "labels are")} probably wrong`],
    [copies.length, `${plural(copies.length, "picture is", "pictures are")} there more than once${across}`],
    [outliers.length, `${plural(outliers.length, "image looks", "images look")} like no other`],
  ] as const;
  const found = parts.flatMap(([number, text]) => (number === 0 ? [] : [text]));
  return `Of ${plural(images, "image")}, ${found.join(", ")}.`;
}
