import { splits } from "../../data/dataset.ts";
import { caution } from "../../evaluation/report/caution.ts";
import { scoreRemarks } from "../../evaluation/scoreRemarks.ts";
import { isClassification } from "../../evaluation/taskScores.ts";
import { describeRates, describeTrained, type PhaseStart } from "../../recipes/request/phaseRecord.ts";
import type { TrainingResult } from "../../recipes/request/training.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { declareJointOptions, jointOf } from "../jointOptions.ts";
import { newOrUnfinished } from "../newOrUnfinished.ts";
import { namesTitle, splitTable } from "../scoreTable.ts";
import { gibibytes } from "../text.ts";
import { declareTrainingOptions, trainingRequest } from "../trainingOptions.ts";

export const train: CommandDefinition = {
  name: "train",
  summary: "train a classifier on a folder of photos",
  examples: [
    "permafrost train photos/",
    "permafrost train photos/ --head dense:256,dropout:0.5 --optimizer rmsprop --learning-rate 1e-4 --epochs 30",
    "permafrost train labels.csv --validation-split 0.3 --class-weight balanced --out runs/labels --json",
    "permafrost train photos/ --recipe fine-tune --unfreeze last:3 --epochs 15",
    "permafrost train photos/ --encoder small --joint 0.3 --unlabelled more/",
    "permafrost train --resume runs/photos",
  ],
  declare(command) {
    command
      .argument(
        "[folder]",
        "class folders, train/validation/test folders, or a manifest (path,label[,split][,weight])",
      )
      .option("--out <folder>", "where the bundle goes (default: runs/<name of the folder>)")
      .option("--embed-base", "put the base's weights into the bundle too")
      .option("--resume <run>", "go on with this unfinished run, as it was asked for (no folder needed)")
      .option("--no-resume", "start anew where an unfinished run of the same command is");
    declareTrainingOptions(command);
    declareJointOptions(command);
  },
  async run([folder], options, context) {
    const { output, signal } = context;
    const { trainClassifier } = await import("../../recipes/trainClassifier.ts");
    const request = await newOrUnfinished("train", "photos", folder, options, async (photos) => ({
      ...(await trainingRequest(photos, options, context)),
      ...jointOf(options),
    }));
    const result = await trainClassifier(request, {
      onProgress: output.onProgress,
      onPhase(phase) {
        output.note(describePhase(phase));
        output.emit({ event: "phase", ...phase });
      },
      onEpoch: (epoch) => output.emit({ event: "epoch", ...epoch }),
      onResume(epochs) {
        output.note(`Going on with the unfinished run: ${epochs} epochs are done.`);
        output.emit({ event: "resumed", epochs });
      },
      onWarning: (text) => output.warn(text),
      signal,
    });
    output.print(describe(result));
    output.emit({ event: "result", ...result });
    return exitCodes.done;
  },
};

function describePhase({
  name,
  firstEpoch,
  epochs,
  trained,
  trainedParameters,
  ...phase
}: PhaseStart): string {
  if (phase.learningRate === 0)
    return `Head: ${trainedParameters.toLocaleString("en-US")} parameters are solved for, without steps.`;
  const last = firstEpoch + epochs - 1;
  return (
    `Phase ${name}, epochs ${firstEpoch} to ${last}, learning rate ${phase.learningRate}${describeRates({ trained, ...phase })}: trains ${trainedParameters.toLocaleString("en-US")} parameters ` +
    `of ${trained.length} layer${trained.length === 1 ? "" : "s"}: ${describeTrained(trained)}.`
  );
}

/** What to know before the numbers above are believed. */
function doubts(metrics: TrainingResult["metrics"]): string[] {
  const split = splits.findLast((one) => metrics[one] !== undefined);
  const scores = split && metrics[split];
  if (split === undefined || scores === undefined) return [];
  const remarks = [
    ...(split === "test" ? [] : [caution(split)]),
    ...(isClassification(scores) ? scoreRemarks(scores) : []),
  ];
  return remarks.length === 0 ? [] : [...remarks, ""];
}

function describe(result: TrainingResult): string {
  const { forwards, seconds } = result;
  const lines = [
    `${namesTitle(result.metrics)}: ${result.classes.join(", ")}`,
    "",
    splitTable(result.metrics, result.samples),
    "",
    ...doubts(result.metrics),
    `Base network: ${forwards.computed} forwards computed, ${forwards.reused} features reused from the store, ${forwards.avoided} forwards avoided.`,
    ...result.recomputed.map(({ views, computed, reason }) => `  ${computed} ${views} computed: ${reason}.`),
    ...(result.bytesWritten > 0 ? [`  ${gibibytes(result.bytesWritten)} added to the store.`] : []),
    `Time: ${Object.entries(seconds)
      .map(([phase, value]) => `${phase} ${value.toFixed(1)} s`)
      .join(", ")}.`,
  ];
  if (result.skipped.length > 0) {
    lines.push(
      `Skipped ${result.skipped.length} files:`,
      ...result.skipped.map((file) => `  ${file.path}: ${file.reason}`),
    );
  }
  lines.push(`Bundle: ${result.bundle}`, `Report: ${result.report}`);
  return lines.join("\n");
}
