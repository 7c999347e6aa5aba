import { existsSync, statSync } from "node:fs";
import path from "node:path";
import type { ClassifierDescription } from "../../recipes/describeBundle.ts";
import type { CommandDefinition } from "../command.ts";
import { type ExitCode, exitCodes } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { count, percent, table } from "../text.ts";
import { weightText } from "../weightText.ts";

export const inspect: CommandDefinition = {
  name: "inspect",
  summary: "show what is in a bundle or in a file of weights",
  examples: [
    "permafrost inspect runs/photos",
    "permafrost inspect runs/photos --json",
    "permafrost inspect vgg16.h5",
  ],
  declare(command) {
    command.argument("<path>", "folder that train has written, or a file of weights of any format");
  },
  async run([bundle], _options, { output }) {
    if (isWeights(String(bundle))) return inspectWeights(String(bundle), output);
    const { describeBundle } = await import("../../recipes/describeBundle.ts");
    const description = await describeBundle(String(bundle));
    output.print(
      [
        `Bundle   ${description.path} (version ${description.version})`,
        `${titles[description.task].padEnd(9)}${description.task === "reconstruction" ? "the picture itself: a pretrained encoder, for --base" : description.classes.join(", ")}`,
        `Base     ${description.base.name}, weights sha256 ${description.base.weightsDigest.slice(0, 16)}${description.base.embedded ? ", embedded" : ""}`,
        ...sourceLine(description),
        `Head     ${description.head.layers.join(" > ")} (${count(description.head.parameters)} parameters)`,
        ...trainedLine(description),
        `Input    ${description.input}`,
        `Numerics ${description.run.numericsClass}`,
        `Made by  ${description.run.command}`,
        "",
        metricsTable(description),
      ].join("\n"),
    );
    output.emit({ event: "bundle", ...description });
    return exitCodes.done;
  },
};

/** A bundle is a folder; weights are a file, or a folder with a TensorFlow.js model in it. */
function isWeights(place: string): boolean {
  const isFile = statSync(place, { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile || existsSync(path.join(place, "model.json"));
}

async function inspectWeights(place: string, output: Output): Promise<ExitCode> {
  const { openWeights } = await import("../../formats/openWeights.ts");
  const { summarizeWeights } = await import("../../formats/summary.ts");
  const file = await openWeights(place);
  try {
    const summary = summarizeWeights(file);
    output.print(weightText(summary));
    output.emit({ event: "weights", ...summary });
  } finally {
    await file.close();
  }
  return exitCodes.done;
}

const titles = {
  classification: "Classes",
  multilabel: "Labels",
  regression: "Values",
  reconstruction: "Gives",
} as const;

function metricsTable({ metrics }: ClassifierDescription): string {
  const names = [...new Set(Object.values(metrics).flatMap((scores) => Object.keys(scores)))];
  const shown = (name: string, value: number) =>
    name === "accuracy" || name === "exactMatch" ? percent(value) : value.toFixed(4);
  return table(
    ["split", ...names],
    Object.entries(metrics).map(([split, scores]) => [
      split,
      ...names.map((name) => (scores[name] === undefined ? "" : shown(name, scores[name]))),
    ]),
  );
}

/** `From     https://... (CC-BY-4.0)`: what a base's weights came from; part of what nobody else may steer is taken out. */
function sourceLine({ base }: ClassifierDescription): readonly string[] {
  if (base.source === undefined) return [];
  const { origin, licence } = base.source;
  return [`From     ${origin} (licence: ${licence})`.replaceAll(/\p{Cc}/gu, "?")];
}

/** `Trained  head (epochs 1 to 10), block10 (epochs 11 to 30)`: the lowest part of the base that each phase trained. */
function trainedLine({ phases, run }: ClassifierDescription): readonly string[] {
  if (phases.length === 0) return [];
  const parts = phases.map(
    ({ name, firstEpoch, epochs }) => `${name} (epochs ${firstEpoch} to ${firstEpoch + epochs - 1})`,
  );
  const compat = run.training?.["compat"];
  return [
    `Trained  ${parts.join(", ")}`,
    ...(typeof compat === "string"
      ? [`         THE BASE TOO, though it was shown as frozen (${compat})`]
      : []),
  ];
}
