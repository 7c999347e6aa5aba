import type { Prediction } from "../../recipes/predictImages.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { oneOf, positiveInteger } from "../options.ts";
import { percent, table } from "../text.ts";

export const predict: CommandDefinition = {
  name: "predict",
  summary: "name the class of new photos",
  examples: [
    "permafrost predict runs/photos new/cat.jpg",
    'permafrost predict runs/photos "new/**/*.jpg" --top 1 --format csv',
  ],
  declare(command) {
    command
      .argument("<bundle>", "folder that train has written")
      .argument("<images...>", "files, folders or globs")
      .option("--top <n>", "how many classes to show for each image", positiveInteger, 3)
      .option("--format <name>", "table, json or csv", oneOf("table", "json", "csv"), "table");
  },
  async run([bundle, images], options, { output, signal }) {
    const { predictImages } = await import("../../recipes/predictImages.ts");
    const result = await predictImages(
      { bundle: String(bundle), images: (images as string[]).map(String) },
      { onProgress: output.onProgress, onWarning: (text) => output.warn(text), signal },
    );
    const format = output.json ? "json" : String(options["format"]);
    const print = printers[format as keyof typeof printers];
    const text = print(result.predictions, Number(options["top"]));
    if (output.json)
      for (const prediction of result.predictions) output.emit({ event: "prediction", ...prediction });
    else if (text !== "") output.print(text);
    for (const file of result.skipped) {
      output.note(`skipped ${file.path}: ${file.reason}`);
      output.emit({ event: "skipped", ...file });
    }
    return result.skipped.length > 0 ? exitCodes.skipped : exitCodes.done;
  },
};

const printers = {
  table: (predictions: readonly Prediction[], top: number) =>
    predictions.length === 0
      ? ""
      : table(
          ["image", "prediction"],
          predictions.map((prediction) => [
            prediction.path,
            ranked(prediction)
              .slice(0, top)
              .map(([className, probability]) => `${className} ${percent(probability)}`)
              .join("   "),
          ]),
        ),
  json: (predictions: readonly Prediction[]) =>
    predictions.map((prediction) => JSON.stringify({ event: "prediction", ...prediction })).join("\n"),
  csv: (predictions: readonly Prediction[], top: number) => {
    const columns = Math.min(top, Object.keys(predictions[0]?.probabilities ?? {}).length);
    const header = ["path"];
    for (let rank = 1; rank <= columns; rank++) header.push(`class_${rank}`, `probability_${rank}`);
    const rows = predictions.map((prediction) => [
      prediction.path,
      ...ranked(prediction)
        .slice(0, columns)
        .flatMap(([className, probability]) => [className, String(probability)]),
    ]);
    return [header, ...rows].map((row) => row.map(csvCell).join(",")).join("\n");
  },
};

/** Classes from the most to the least probable. */
function ranked(prediction: Prediction): [string, number][] {
  return Object.entries(prediction.probabilities).sort(([, a], [, b]) => b - a);
}

/** A cell by RFC 4180: quoted when it holds a comma, a quote or a line break. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
