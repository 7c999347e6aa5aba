import type { ComparisonReport } from "../../comparison/comparisonReport.ts";
import { type Page, pageSchema } from "../page/page.ts";
import { baseFact, imagesFact, repeatSection, versionsFact } from "../repeatSection.ts";
import { classList } from "../trainingPage.ts";
import { comparisonAnswerScreen } from "./comparisonAnswerScreen.ts";
import { costSection } from "./costSection.ts";
import { methodsSection } from "./methodsSection.ts";
import { pairsSection } from "./pairsSection.ts";
import { remarksSection } from "./remarksSection.ts";
import { threadSections } from "./threadSections.ts";

/** The page about a comparison; of a recipe for the thread, with its questions answered first. */
export function comparisonPage(report: ComparisonReport): Page {
  const { command, samples, base, settings, versions, numericsClass } = report;
  const sections = [
    ...threadSections(report),
    pairsSection(report),
    methodsSection(report),
    costSection(report),
    remarksSection(report),
    repeatSection(command, [
      imagesFact(samples),
      baseFact(base),
      ...Object.entries(settings).map(([name, value]) => [name, String(value)] as const),
      versionsFact(versions),
      ["Numerics class", numericsClass],
    ]),
  ];
  return {
    schema: pageSchema,
    kind: "Methods side by side",
    title: report.title,
    created: report.created,
    about: `Classes: ${classList(report.classNames)}.`,
    answer: comparisonAnswerScreen(report),
    sections: sections.filter((section) => section !== undefined),
    version: versions["permafrost"] ?? "",
  };
}
