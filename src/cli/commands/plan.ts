import type { PlannedPhase } from "../../recipes/planning/planPhase.ts";
import type { TrainingPlan } from "../../recipes/planTraining.ts";
import { describeRates, describeTrained } from "../../recipes/request/phaseRecord.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { declareJointOptions, jointOf } from "../jointOptions.ts";
import { count, gibibytes, table } from "../text.ts";
import { declareTrainingOptions, trainingRequest } from "../trainingOptions.ts";

export const plan: CommandDefinition = {
  name: "plan",
  summary: "say what train would compute, store and take, before anything runs",
  examples: [
    "permafrost plan photos/",
    "permafrost plan photos/ --augment book --epochs 30 --draws pool:5",
    "permafrost plan photos/ --encoder small --joint 0.3 --unlabelled more/",
    "permafrost plan photos/ --augment strong --json",
  ],
  declare(command) {
    command.argument("<folder>", "class folders, train/validation/test folders, or a manifest");
    declareTrainingOptions(command);
    declareJointOptions(command);
  },
  async run([folder], options, context) {
    const { output, signal } = context;
    const { planTraining } = await import("../../recipes/planTraining.ts");
    const request = { ...(await trainingRequest(String(folder), options, context)), ...jointOf(options) };
    const planned = await planTraining(request, {
      onProgress: output.onProgress,
      onWarning: (text) => output.warn(text),
      signal,
    });
    output.print(describe(planned));
    output.emit({ event: "plan", ...planned });
    return exitCodes.done;
  },
};

function describe(planned: TrainingPlan): string {
  const { forwards, seconds, rate } = planned;
  const lines = [
    table(
      ["layer", "", "parameters"],
      planned.layers.map(({ layer, state, parameters }) => [layer, state, count(parameters)]),
    ),
    "",
    ...(planned.phases.length === 1 ? [`Frozen part: ${planned.cut}`] : []),
    ...planned.phases.flatMap((phase) => describePhase(phase, planned.phases.length > 1)),
    "",
    table(
      ["split", "images", "views"],
      Object.entries(planned.images).map(([split, images]) => [
        split,
        images,
        planned.views[split as keyof typeof planned.views] ?? 0,
      ]),
    ),
    "",
    `Draws: ${planned.draws}`,
    `Forwards: ${forwards.compute} to run, ${forwards.stored} features stored already; the plain way takes ${forwards.plain} (${forwards.avoided} avoided).`,
    `Time for them: ${duration(seconds.compute)}; the plain way ${duration(seconds.plain)} (${rate.viewsPerSecond.toFixed(0)} images/s ${rate.source === "run" ? "in the last run" : "tried now"}).`,
    ...(seconds.steps > 0
      ? [`Time for the training steps: ${duration(seconds.steps)} (tried now or before).`]
      : []),
    `Store: ${planned.keep === "memory" ? "nothing" : gibibytes(planned.bytes)} to write.`,
    ...planned.remarks,
  ];
  if (planned.skipped.length > 0)
    lines.push(`${planned.skipped.length} files cannot be used; permafrost scan shows them.`);
  return lines.join("\n");
}

/** Which layers a phase trains: the optimizer's own list. */
function describePhase(phase: PlannedPhase, isOneOfSeveral: boolean): readonly string[] {
  const { name, firstEpoch, epochs, learningRate, steps, trained, forwards, seconds } = phase;
  const perStep = seconds.steps > 0 ? ` of ${((1000 * seconds.steps) / steps).toFixed(0)} ms` : "";
  const head =
    `Phase ${name}, epochs ${firstEpoch} to ${firstEpoch + epochs - 1} (${steps} steps${perStep}), learning rate ${learningRate}${describeRates(phase)}: ` +
    `trains ${phase.trainedParameters.toLocaleString("en-US")} parameters of ${trained.length} layer${trained.length === 1 ? "" : "s"}: ${describeTrained(trained)}.`;
  if (!isOneOfSeveral) return [head];
  return [
    head,
    `  Frozen part: ${phase.cut}`,
    `  ${forwards.compute} forwards to run, ${forwards.stored} stored.`,
  ];
}

/** `45 s`, `12 min`, `3.5 h`. */
function duration(seconds: number): string {
  if (seconds < 1) return seconds === 0 ? "0 s" : "under 1 s";
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
