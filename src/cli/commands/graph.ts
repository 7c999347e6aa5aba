import path from "node:path";
import { PermafrostError } from "../../base/errors.ts";
import type { GraphDrawing } from "../../models/diagram/drawGraph.ts";
import type { DrawingRequest } from "../../recipes/classifier/drawnClassifier.ts";
import type { CommandDefinition } from "../command.ts";
import { cutOf, declareCutOption } from "../cutOption.ts";
import { exitCodes } from "../exitCodes.ts";
import { oneOf, positiveInteger } from "../options.ts";

export const graph: CommandDefinition = {
  name: "graph",
  summary: "draw a classifier: what is frozen, trained or random, and where the prefix is cut",
  examples: [
    "permafrost graph runs/photos --out photos.svg",
    "permafrost graph --base mobilenet_v3_small --unfreeze last:2 --training --out step.svg",
    "permafrost graph --head dense:256,dropout:0.5 --operators",
  ],
  declare(command) {
    command
      .argument("[bundle]", "folder that train has written (default: what --base and --head say)")
      .option("--base <name>", "base network, or a bundle whose base is taken", "mobilenet_v3_small");
    declareCutOption(command);
    command
      .option("--head <layers>", "layers on the base: linear, or dense:256,dropout:0.5", "linear")
      .option("--classes <n>", "classes of the head", positiveInteger, 2)
      .option("--image-size <pixels>", "height and width of the input (default: the base's)", positiveInteger)
      .option("--unfreeze <part>", "train a part of the base too: last:3 (blocks), from:<layer> or all")
      .option(
        "--bn <mode>",
        "BatchNormalization of unfrozen layers",
        oneOf("inference", "train"),
        "inference",
      )
      .option("--training", "what a training step runs: the loss and the gradients behind it")
      .option("--operators", "every operator as text in place of the layers")
      .option("--out <file>", "where to write it: .svg, .txt or .json (default: print the text)");
  },
  async run([bundle], options, { output }) {
    const { drawnClassifier } = await import("../../recipes/classifier/drawnClassifier.ts");
    const { drawGraph } = await import("../../models/diagram/drawGraph.ts");
    const model = await drawnClassifier(requestOf(bundle, options));
    const drawing = drawGraph(model, { training: options["training"] === true });
    const { out } = options;
    const content = contentOf(drawing, options);
    if (typeof out === "string") {
      const { writeFileAtomic } = await import("../../base/files.ts");
      await writeFileAtomic(out, content);
      output.print(`${out}: ${drawing.diagram.nodes.length} boxes; ${drawing.diagram.cut}`);
    } else output.print(content.trimEnd());
    output.emit({ event: "graph", ...(typeof out === "string" ? { out } : {}), ...drawing.diagram });
    return exitCodes.done;
  },
};

function requestOf(bundle: unknown, options: Readonly<Record<string, unknown>>): DrawingRequest {
  const { unfreeze, imageSize } = options;
  return {
    ...(typeof bundle === "string" ? { bundle } : {}),
    base: String(options["base"]),
    ...cutOf(options),
    head: String(options["head"]),
    classes: Number(options["classes"]),
    ...(typeof unfreeze === "string" ? { unfreeze } : {}),
    ...(typeof imageSize === "number" ? { imageSize } : {}),
    ...(options["bn"] === "train" ? { batchNormalization: "train" } : {}),
  };
}

/** @throws PermafrostError INVALID_ARGUMENT for a file of another kind. */
function contentOf(drawing: GraphDrawing, { out, operators }: Readonly<Record<string, unknown>>): string {
  const ending = typeof out === "string" ? path.extname(out) : ".txt";
  if (ending === ".txt") return operators === true ? drawing.operators : drawing.text;
  const isLayers = operators !== true;
  if (isLayers && ending === ".svg") return drawing.svg;
  if (isLayers && ending === ".json") return `${JSON.stringify(drawing.diagram, undefined, 2)}\n`;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `--out ${String(out)}: expected a file that ends in ${isLayers ? ".svg, .txt or .json" : ".txt (operators are drawn as text)"}.`,
  );
}
