import type { ComparisonReport, MethodSummary } from "../../comparison/comparisonReport.ts";
import { type ThreadFinding, threadFindings } from "../../comparison/threadFindings.ts";
import { estimated } from "../cells.ts";
import { percent } from "../format.ts";
import type { Section } from "../page/page.ts";
import type { Cell } from "../page/table.ts";
import { accuracyChart } from "./accuracyChart.ts";

/** The thread explained: each question with the answer of this run's numbers. */
export function threadSections(report: ComparisonReport): readonly (Section | undefined)[] {
  return [
    ...threadFindings(report).map((finding) => findingSection(report, finding)),
    preprocessingGrid(report),
  ];
}

function findingSection(report: ComparisonReport, { question, answer, methods }: ThreadFinding): Section {
  const { judgedBy } = report;
  const shown = report.methods.filter(({ method }) => methods.includes(method));
  const title = `Accuracy on the ${judgedBy} split, with 95\u202f% intervals over images`;
  const chart = () => accuracyChart(shown, { title, judgedBy, isStrong: () => true });
  return {
    title: question,
    blocks: [
      { kind: "text", text: answer },
      ...(shown.length < 2 ? [] : [{ kind: "charts", charts: [chart()] } as const]),
    ],
  };
}

const gridRows = [
  { preprocessing: "what the base was trained on", suffix: "" },
  { preprocessing: "divided by 255 only", suffix: "+rescale" },
] as const;
const gridColumns = [
  { augmentation: "none", freeze: "really frozen", method: "fast" },
  { augmentation: "fresh views", freeze: "really frozen", method: "fresh" },
  { augmentation: "none", freeze: "leaking", method: "leaking-freeze+plain" },
  { augmentation: "fresh views", freeze: "leaking", method: "leaking-freeze" },
] as const;

/** Preprocessing x augmentation x really frozen or leaking. */
function preprocessingGrid(report: ComparisonReport): Section | undefined {
  const of = (name: string) => report.methods.find(({ method }) => method === name);
  const cells = gridRows.map(({ suffix }) => gridColumns.map(({ method }) => of(method + suffix)));
  if (cells.flat().filter((cell) => cell !== undefined).length < 4) return undefined;
  return {
    title: "All at once: preprocessing, augmentation, freezing",
    blocks: [
      {
        kind: "table",
        table: {
          caption: `Accuracy on the ${report.judgedBy} split with its 95\u202f% interval`,
          columns: [
            { title: "the base, the training images" },
            ...gridRows.map(
              ({ preprocessing }) => ({ title: `pixels ${preprocessing}`, as: "number" }) as const,
            ),
          ],
          rows: gridColumns.map(({ augmentation, freeze }, column) => [
            `${freeze}, ${augmentation === "none" ? "as they are" : augmentation}`,
            ...cells.map((row) => gridCell(row[column], report)),
          ]),
        },
      },
    ],
  };
}

function gridCell(method: MethodSummary | undefined, { judgedBy }: ComparisonReport): Cell {
  return method === undefined ? "not run" : estimated(method.scores[judgedBy]!.accuracy, percent);
}
