import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { messageOf, PermafrostError } from "../../base/errors.ts";
import type { ClassifierDescription } from "../../recipes/describeBundle.ts";
import type { CommandDefinition } from "../command.ts";
import { type ExitCode, exitCodes } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { count, percent, table } from "../text.ts";
import { cutText, weightText } from "../weightText.ts";

export const inspect: CommandDefinition = {
  name: "inspect",
  summary: "show what is in a bundle or in a file of weights",
  examples: [
    "permafrost inspect runs/photos",
    "permafrost inspect runs/photos --json",
    "permafrost inspect vgg16.h5",
    "permafrost inspect dino.onnx --cuts",
  ],
  declare(command) {
    command
      .argument("<path>", "folder that train has written, or a file of weights of any format")
      .option(
        "--cuts",
        "of an ONNX model above 256 MB: run it once where sizes of cuts show in no other way",
      );
  },
  async run([bundle], { cuts }, { output }) {
    const place = String(bundle);
    if (!existsSync(place)) throw nothingThere(place);
    if (isWeights(place)) return inspectWeights(place, cuts === true, output);
    const { describeBundle } = await import("../../recipes/describeBundle.ts");
    const description = await describeBundle(place);
    output.print(
      [
        `Bundle   ${description.path} (version ${description.version})`,
        `${titles[description.task].padEnd(9)}${description.task === "reconstruction" ? "the picture itself: a pretrained encoder, for --base" : description.classes.join(", ")}`,
        `Base     ${description.base.name}${upTo(description)}, weights sha256 ${description.base.weightsDigest.slice(0, 16)}${description.base.embedded ? ", embedded" : ""}`,
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

function nothingThere(place: string): PermafrostError {
  return new PermafrostError(
    "NOT_FOUND",
    `${place}: there is no such file or folder. Give a file of weights or the folder that \`permafrost train\` wrote.`,
    { details: { path: place } },
  );
}

/** ` up to block4_pool`: the name is part of what nobody else may steer, as in `sourceLine`. */
function upTo({ base: { cut } }: ClassifierDescription): string {
  return cut === undefined ? "" : ` up to ${cut.replaceAll(/\p{Cc}/gu, "?")}`;
}

/** A bundle is a folder; weights are a file, or a folder with a TensorFlow.js model in it. */
function isWeights(place: string): boolean {
  const isFile = statSync(place, { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile || existsSync(path.join(place, "model.json"));
}

/** Larger models take longer to read and run than a look at a file should. */
const triedBytes = 256_000_000;

async function inspectWeights(place: string, isAsked: boolean, output: Output): Promise<ExitCode> {
  const { openWeights } = await import("../../formats/openWeights.ts");
  const { summarizeWeights } = await import("../../formats/summary.ts");
  const file = await openWeights(place);
  try {
    const summary = summarizeWeights(file);
    const classes = summary.model === undefined ? undefined : await classesOf(summary.path, output);
    output.print(weightText(summary, classes));
    const cuts = summary.format === "ONNX" ? await cutsOf(place, isAsked, output) : undefined;
    const found = { ...(classes === undefined ? {} : { classes }), ...(cuts === undefined ? {} : { cuts }) };
    output.emit({ event: "weights", ...summary, ...found });
  } finally {
    await file.close();
  }
  return exitCodes.done;
}

/** The classes that Teachable Machine names beside its model. */
async function classesOf(place: string, output: Output): Promise<readonly string[] | undefined> {
  const { readImageLabels } = await import("../../modelFiles/imageLabels.ts");
  try {
    return (await readImageLabels(place))?.classNames;
  } catch (error) {
    output.warn(messageOf(error));
    return undefined;
  }
}

/** Where a model can be cut. A file that is no network of pictures is still a file of weights. */
async function cutsOf(
  place: string,
  isAsked: boolean,
  output: Output,
): Promise<readonly object[] | undefined> {
  const { describeCuts } = await import("../../applications/onnx/describeCuts.ts");
  try {
    const runs = isAsked || statSync(place).size <= triedBytes;
    const { cuts, isComplete } = await describeCuts(place, { runs });
    output.print(cutText(cuts));
    if (!isComplete)
      output.warn(
        `Cuts whose size shows in a run alone are left out. With them: permafrost inspect ${place} --cuts`,
      );
    return cuts;
  } catch (error) {
    if (isAsked) throw error;
    output.warn(`Cannot serve as a base: ${messageOf(error)}`);
    return undefined;
  }
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
