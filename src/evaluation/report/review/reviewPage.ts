import { count, percent, plural } from "../format.ts";
import { type Page, pageSchema } from "../page/page.ts";
import { isLeak } from "./copyGroup.ts";
import { curveSection } from "./curveSection.ts";
import { copySection, issueSection, outlierSection } from "./foundSections.ts";
import { listSection } from "./listSection.ts";
import { firstMap, mapSections } from "./mapSections.ts";
import type { ReviewReport } from "./reviewReport.ts";
import { reviewSentence } from "./reviewSentence.ts";

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
      sentence: reviewSentence(report),
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
