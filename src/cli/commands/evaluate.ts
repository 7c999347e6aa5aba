import { InvalidArgumentError } from "commander";
import { PermafrostError } from "../../base/errors.ts";
import { caution } from "../../evaluation/report/caution.ts";
import type { TaskScores } from "../../evaluation/taskScores.ts";
import type { EvaluationRequest, JudgedPrediction, JudgedTarget } from "../../recipes/evaluateClassifier.ts";
import type { CommandDefinition } from "../command.ts";
import { detailTables, shortDetails } from "../detailTables.ts";
import { exitCodes } from "../exitCodes.ts";
import { fraction, oneOf, positiveNumber } from "../options.ts";
import { scoreTables } from "../scoreTable.ts";

export const evaluate: CommandDefinition = {
  name: "evaluate",
  summary: "measure a classifier on labelled photos",
  examples: [
    "permafrost evaluate runs/photos photos/",
    "permafrost evaluate runs/photos photos/ --report evaluation.html --tta flips",
    "permafrost evaluate runs/photos photos/ --split validation --positive dogs --target-precision 0.95",
    "permafrost evaluate runs/photos photos/ --split test --json",
  ],
  declare(command) {
    command
      .argument("<bundle>", "folder that train has written")
      .argument("<folder>", "labelled photos: class folders, split folders or a manifest")
      .option(
        "--split <name>",
        "which split of the folder (default: test if it has one, else validation, else all)",
        oneOf("train", "validation", "test", "all"),
      )
      .option("--labels <file>", "table of labels or values of the photos in the folder")
      .option("--report <file>", "write all of it as a page: .html, .md, .csv or .json")
      .option("--tta <views>", "average several views of each photo: flips, or draws:8", testViews)
      .option("--positive <class>", "choose a threshold for this class (default: the last one)")
      .option("--target-precision <x>", "of the threshold: the lowest that reaches this precision", fraction)
      .option("--cost-missed <x>", "of the threshold: what a missed photo of the class costs", positiveNumber)
      .option(
        "--cost-false-alarm <x>",
        "what another photo called the class costs (default: 1)",
        positiveNumber,
      )
      .option("--store <folder>", "where features are kept");
  },
  async run([bundle, folder], options, { output, signal, environment, commandLine }) {
    const { evaluateWithPage } = await import("../../recipes/evaluateClassifier.ts");
    const { checkPagePlace, savePage } = await import("../../recipes/pages/savePage.ts");
    const { storeFolder } = await import("../../features/storeFolder.ts");
    const { report } = options;
    if (typeof report === "string") await checkPagePlace(report);
    const { result, page } = await evaluateWithPage<TaskScores, JudgedPrediction | JudgedTarget>(
      {
        bundle: String(bundle),
        data: String(folder),
        store: typeof options["store"] === "string" ? options["store"] : storeFolder(environment),
        commandLine,
        ...(typeof options["labels"] === "string" ? { labels: options["labels"] } : {}),
        ...(typeof options["split"] === "string" ? { split: options["split"] } : {}),
        ...(options["tta"] === undefined
          ? {}
          : { views: options["tta"] as NonNullable<EvaluationRequest["views"]> }),
        ...(await thresholdOf(String(bundle), options)),
      },
      { onProgress: output.onProgress, onWarning: (text) => output.warn(text), signal },
    );
    output.print(scoreTables(result.split, result.scores));
    output.print(`\n${detailTables(result)}`);
    if (result.split !== "test") output.print(`\n${caution(result.split)}`);
    for (const file of result.skipped) output.note(`skipped ${file.path}: ${file.reason}`);
    if (typeof report === "string") {
      await savePage(page, report);
      output.print(`Report: ${report}`);
    }
    const { predictions, ...summary } = result;
    for (const prediction of predictions) output.emit({ event: "prediction", ...prediction });
    output.emit({
      event: "result",
      ...summary,
      ...shortDetails(result),
      ...(typeof report === "string" ? { report } : {}),
    });
    return result.skipped.length > 0 ? exitCodes.skipped : exitCodes.done;
  },
};

/** `flips` or `draws:8`. */
function testViews(text: string): NonNullable<EvaluationRequest["views"]> {
  if (text === "flips") return "flips";
  const [, draws] = /^draws:([1-9]\d{0,2})$/.exec(text) ?? [];
  if (draws !== undefined) return { draws: Number(draws) };
  throw new InvalidArgumentError(`Expected flips or draws:<number of views>, got ${JSON.stringify(text)}.`);
}

/** The threshold that is asked for; none where neither a precision nor a cost is given. */
async function thresholdOf(
  bundle: string,
  options: Readonly<Record<string, unknown>>,
): Promise<Pick<EvaluationRequest, "threshold">> {
  const { positive, targetPrecision, costMissed, costFalseAlarm } = options;
  const hasCost = costMissed !== undefined || costFalseAlarm !== undefined;
  if (targetPrecision === undefined && !hasCost) {
    if (positive === undefined) return {};
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "--positive: a threshold is chosen by --target-precision or by --cost-missed and --cost-false-alarm. Give one of them.",
    );
  }
  if (targetPrecision !== undefined && hasCost) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "--target-precision: expected a precision or costs, got both. Leave one out.",
    );
  }
  const { describeBundle } = await import("../../recipes/describeBundle.ts");
  const className = typeof positive === "string" ? positive : (await describeBundle(bundle)).classes.at(-1)!;
  const aim = hasCost
    ? ({ by: "cost", missed: Number(costMissed ?? 1), falseAlarm: Number(costFalseAlarm ?? 1) } as const)
    : ({ by: "precision", precision: Number(targetPrecision) } as const);
  return { threshold: { className, aim } };
}
