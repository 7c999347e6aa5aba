import type { ComparisonReport } from "../../comparison/comparisonReport.ts";
import { renderPage } from "../page.ts";
import { comparisonAnswerSection } from "./answerSection.ts";
import { comparisonStyle } from "./comparisonStyle.ts";
import { costSection } from "./costSection.ts";
import { methodsSection } from "./methodsSection.ts";
import { pairsSection } from "./pairsSection.ts";
import { remarksSection, settingsSection } from "./remarksSection.ts";
import { threadSections } from "./threadSections.ts";

/** The page about a comparison, in one file; of a recipe for the thread, with its questions answered first. */
export function renderComparison(report: ComparisonReport): string {
  const date = report.created.slice(0, 16).replace("T", " ");
  return renderPage({
    title: `${report.title}: methods side by side`,
    heading: report.title,
    subtitle: `Methods side by side, ${date} UTC. Classes: ${classList(report.classNames)}.`,
    sections: [
      comparisonAnswerSection(report),
      threadSections(report),
      pairsSection(report),
      methodsSection(report),
      costSection(report),
      remarksSection(report),
      settingsSection(report),
    ],
    footer: `Written by permafrost ${report.versions["permafrost"]}. This page holds all it shows and loads nothing.`,
    extraStyle: comparisonStyle,
  });
}

function classList(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}
