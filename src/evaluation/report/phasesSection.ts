import type { ReportedPhase, TrainingReport } from "../trainingReport.ts";
import { counted } from "./cells.ts";
import type { Section } from "./page/page.ts";

/** Which layers were trained in which epochs, and the proof that the others were not. */
export function phasesSection({ phases }: TrainingReport): Section {
  return {
    title: "What was trained",
    blocks: [
      {
        kind: "table",
        table: {
          caption:
            "The list is the optimizer's own. SHA-256 over all weights that were to stay as they are, before and after.",
          columns: [
            { title: "phase" },
            { title: "epochs" },
            { title: "learning rate", as: "number" },
            { title: "trained" },
            { title: "parameters", as: "number" },
            { title: "frozen weights" },
            { title: "base" },
          ],
          rows: phases.map(phaseRow),
        },
      },
    ],
  };
}

function phaseRow(phase: ReportedPhase) {
  const { name, firstEpoch, epochs, learningRate, trained, trainedParameters, frozen, base } = phase;
  return [
    name,
    `${firstEpoch} to ${firstEpoch + epochs - 1}`,
    { text: learningRate === 0 ? "solved for" : String(learningRate), value: learningRate },
    trained,
    counted(trainedParameters),
    compared(frozen),
    compared(base),
  ];
}

/** The first characters of digests are enough to compare them by eye; the bundle has all. */
function compared({ before, after }: ReportedPhase["frozen"]): string {
  return before === after
    ? `${before.slice(0, 8)}, unchanged`
    : `${before.slice(0, 8)} became ${after.slice(0, 8)}`;
}
