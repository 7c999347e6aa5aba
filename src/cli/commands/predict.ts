import { csvText } from "../../data/csvText.ts";
import type { TaskPrediction } from "../../recipes/predictImages.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { oneOf, positiveInteger } from "../options.ts";
import { percent, table } from "../text.ts";

export const predict: CommandDefinition = {
  name: "predict",
  summary: "name the class, the labels or the values of new photos",
  examples: [
    "permafrost predict runs/photos new/cat.jpg",
    'permafrost predict runs/photos "new/**/*.jpg" --top 1 --format csv',
  ],
  declare(command) {
    command
      .argument("<bundle>", "folder that train has written")
      .argument("<images...>", "files, folders or globs")
      .option("--top <n>", "how many classes to show for each image", positiveInteger, 3)
      .option("--calibrated", "probabilities as sure as they are right, by the bundle's temperature")
      .option("--format <name>", "table, json or csv", oneOf("table", "json", "csv"), "table");
  },
  async run([bundle, images], options, { output, signal }) {
    const { predictImages } = await import("../../recipes/predictImages.ts");
    const result = await predictImages<TaskPrediction>(
      {
        bundle: String(bundle),
        images: (images as string[]).map(String),
        calibrated: options["calibrated"] === true,
      },
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
  table: (predictions: readonly TaskPrediction[], top: number) =>
    predictions.length === 0
      ? ""
      : table(
          ["image", "prediction"],
          predictions.map((prediction) => [prediction.path, answerText(prediction, top)]),
        ),
  json: (predictions: readonly TaskPrediction[]) =>
    predictions.map((prediction) => JSON.stringify({ event: "prediction", ...prediction })).join("\n"),
  csv: (predictions: readonly TaskPrediction[], top: number) => {
    const rows = predictions.map((prediction) => csvCells(prediction, top));
    const header = rows[0]?.map(([name]) => name) ?? ["path"];
    return csvText([header, ...rows.map((row) => row.map(([, text]) => text))]).slice(0, -1);
  },
};

/** Classes by their probability; of several labels all that are given, then the most probable others; values by name. */
function answerText(prediction: TaskPrediction, top: number): string {
  if ("values" in prediction) {
    return Object.entries(prediction.values)
      .map(([name, value]) => `${name} ${Number(value.toPrecision(5))}`)
      .join("   ");
  }
  const shown = (name: string, probability: number) => `${name} ${percent(probability)}`;
  const likely = ranked(prediction.probabilities);
  if (!("labels" in prediction))
    return likely
      .slice(0, top)
      .map(([name, p]) => shown(name, p))
      .join("   ");
  const { labels } = prediction;
  const given = likely.filter(([name]) => labels.includes(name)).map(([name, p]) => shown(name, p));
  return given.length === 0 ? `none (${shown(...likely[0]!)})` : given.join("   ");
}

/** Columns with their names: the same ones for every image. */
function csvCells(
  prediction: TaskPrediction,
  top: number,
): readonly (readonly [name: string, text: string])[] {
  const path = ["path", prediction.path] as const;
  const numbers = (values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([name, value]) => [name, String(value)] as const);
  if ("values" in prediction) return [path, ...numbers(prediction.values)];
  if ("labels" in prediction) {
    return [path, ["labels", prediction.labels.join(";")], ...numbers(prediction.probabilities)];
  }
  const best = ranked(prediction.probabilities).slice(0, top);
  return [
    path,
    ...best.flatMap(([name, p], index) => [
      [`class_${index + 1}`, name] as const,
      [`probability_${index + 1}`, String(p)] as const,
    ]),
  ];
}

/** From the most to the least probable. */
function ranked(probabilities: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(probabilities).sort(([, a], [, b]) => b - a);
}
