import { hundredths } from "../../base/hundredths.ts";
import { comparisonAnswer } from "../../evaluation/comparison/answer.ts";
import type { ComparisonReport, MethodSummary } from "../../evaluation/comparison/comparisonReport.ts";
import { comparisonDefaults } from "../../recipes/comparison/comparisonRequest.ts";
import { type PlannedMethod, secondsOf } from "../../recipes/comparison/plannedMethod.ts";
import type { CommandDefinition } from "../command.ts";
import { comparisonRequest, declareComparisonOptions } from "../comparisonOptions.ts";
import { exitCodes } from "../exitCodes.ts";
import { count, percent, table } from "../text.ts";

/** Pairs that are printed, the surest first. */
const printed = 10;

export const compare: CommandDefinition = {
  name: "compare",
  summary: "run several methods on your photos and say which differences the photos show",
  examples: [
    "permafrost compare photos/",
    "permafrost compare photos/ --methods fast,pool:5,fresh,fine-tune --seeds 5 --budget 20min",
    "permafrost compare photos/ --methods fast,end-to-end,leaking-freeze --epochs 3 --seeds 1 --out compare/frozen --json",
  ],
  declare(command) {
    command
      .argument("<folder>", "class folders, train/validation/test folders, or a manifest")
      .option("--out <folder>", "where the page, the tables and the runs go", comparisonDefaults.out);
    declareComparisonOptions(command);
  },
  async run([folder], options, context) {
    const { output, signal } = context;
    const { compareMethods } = await import("../../recipes/compareMethods.ts");
    const { report, files } = await compareMethods(
      await comparisonRequest(String(folder), options, context),
      {
        onProgress: output.onProgress,
        onPlan(plan) {
          output.note(describePlan(plan));
          output.emit({ event: "plan", methods: plan });
        },
        onRun(run) {
          const how = run.isFromBefore ? "found finished" : `${run.seconds.toFixed(1)} s`;
          output.note(`${run.method}, seed ${run.seed}: accuracy ${percent(run.accuracy)} (${how})`);
          output.emit({ event: "run", ...run });
        },
        onWarning: (text) => output.warn(text),
        signal,
      },
    );
    output.print(describe(report));
    output.print(`Page: ${files.page}`);
    output.emit({ event: "result", ...report, files });
    return exitCodes.done;
  },
};

function describePlan(plan: readonly PlannedMethod[]): string {
  const rows = plan.map((method) => [
    method.id,
    count(method.forwards),
    method.finished === 0 ? method.runs : `${method.runs}, ${method.finished} finished`,
    `about ${Math.ceil(secondsOf(method))} s`,
    method.leftOut === undefined ? "" : `left out: ${method.leftOut}`,
  ]);
  return table(["method", "new forwards", "runs", "time", ""], rows);
}

function describe(report: ComparisonReport): string {
  const { judgedBy, methods, pairs, leftOut, remarks } = report;
  const surest = [...pairs].sort((a, b) => a.corrected - b.corrected).slice(0, printed);
  const lines = [
    comparisonAnswer(report).sentence.replaceAll("\u202f", " "),
    "",
    table(
      [
        "method",
        `accuracy (${judgedBy})`,
        "95 % interval",
        "over seeds",
        "computed",
        "reused",
        "avoided",
        "time",
      ],
      methods.map((method) => methodRow(method, judgedBy)),
    ),
    "",
    ...surest.map(({ sentence }) => sentence),
    ...(pairs.length > printed ? [`and ${pairs.length - printed} more pairs on the page.`] : []),
    ...leftOut.map(({ method, reason }) => `Left out: ${method}: ${reason}.`),
    ...remarks,
    "",
  ];
  return lines.join("\n");
}

function methodRow(
  { method, scores, cost }: MethodSummary,
  split: ComparisonReport["judgedBy"],
): (string | number)[] {
  const { accuracy, overSeeds } = scores[split]!;
  const seconds = Object.values(cost.seconds).reduce((sum, each) => sum + each, 0);
  return [
    method,
    percent(accuracy.value),
    accuracy.interval.map(hundredths).join(" to "),
    overSeeds.deviation === null ? "one run" : `+-${(100 * overSeeds.deviation).toFixed(2)}`,
    count(cost.computed),
    count(cost.reused),
    count(cost.avoided),
    `${seconds.toFixed(1)} s`,
  ];
}
