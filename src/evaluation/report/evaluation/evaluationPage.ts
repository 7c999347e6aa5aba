import type { EvaluationReport } from "../../evaluationReport.ts";
import { count, plural } from "../format.ts";
import { type Page, pageSchema, type Section } from "../page/page.ts";
import { repeatSection } from "../repeatSection.ts";
import { remarkBlocks } from "../sections.ts";
import { classList } from "../trainingPage.ts";
import { classParts, type TaskParts } from "./classParts.ts";
import { labelParts } from "./labelParts.ts";
import { valueParts } from "./valueParts.ts";

/** The page about an evaluation. */
export function evaluationPage(report: EvaluationReport): Page {
  const { answer, details } = partsOf(report);
  return {
    schema: pageSchema,
    kind: "Evaluation",
    title: report.title,
    created: report.created,
    about: `${report.bundle} on ${report.split === "all" ? "all" : `the ${report.split}`} images: ${classList(report.classNames)}.`,
    answer,
    sections: [...details, againSection(report)],
    version: report.version,
  };
}

function partsOf({ split, judged }: EvaluationReport): TaskParts {
  switch (judged.task) {
    case "classification":
      return classParts(split, judged);
    case "multilabel":
      return labelParts(split, judged);
    case "regression":
      return valueParts(split, judged);
  }
}

function againSection(report: EvaluationReport): Section {
  const { computed, reused } = report.forwards;
  return repeatSection(
    report.command,
    [
      ["Bundle", report.bundle],
      ["Base network", `ran ${plural(computed, "time")}; ${count(reused)} results came from the store`],
      ...(report.views === undefined ? [] : [["Views", report.views] as const]),
      ["Numerics class", report.numericsClass],
    ],
    remarkBlocks(report.skipped, report.warnings),
  );
}
