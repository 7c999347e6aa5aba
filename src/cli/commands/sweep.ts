import { hundredths } from "../../base/hundredths.ts";
import { describeSettings, sweepAnswer } from "../../evaluation/sweep/sweepAnswer.ts";
import type { SweepReport } from "../../evaluation/sweep/sweepReport.ts";
import { storeFolder } from "../../features/storeFolder.ts";
import { trainingDefaults } from "../../recipes/request/trainingDefaults.ts";
import { searches, sweepDefaults } from "../../recipes/sweep/sweepRequest.ts";
import type { SweepRequest } from "../../recipes/sweepHeads.ts";
import { basePlace } from "../basePlace.ts";
import type { CommandContext, CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { fraction, naturalNumber, oneOf, positiveInteger } from "../options.ts";
import { count, percent, table } from "../text.ts";

/** Lines of the table that is printed; the files have all. */
const printed = 15;

export const sweep: CommandDefinition = {
  name: "sweep",
  summary: "try many heads by cross-validation on stored features, and say which differences are noise",
  examples: [
    "permafrost sweep photos/ --learning-rate 1e-4..1e-2 --optimizer adam,rmsprop",
    "permafrost sweep photos/ --head linear,dense:256,dense:256+dropout:0.5 --l2 0,1e-3 --search random --trials 40",
    "permafrost sweep photos/ --augment none,flip,book:5 --cut block8,block11 --search halving --trials 60 --json",
  ],
  declare(command) {
    const defaults = sweepDefaults;
    command
      .argument("<folder>", "class folders, train/validation/test folders, or a manifest")
      .option(
        "--head <list>",
        "heads; + joins the layers of one: linear,dense:256+dropout:0.5",
        defaults.head,
      )
      .option(
        "--learning-rate <list>",
        "step sizes, or a range: 1e-4,1e-3 or 1e-5..1e-2",
        defaults.learningRate,
      )
      .option("--optimizer <list>", "optimizers: adam,rmsprop", defaults.optimizer)
      .option("--l2 <list>", "penalties of the kernels, or a range (default: the head's own)")
      .option(
        "--augment <list>",
        "none, flip, or a preset with its views an image: none,book:5",
        defaults.augment,
      )
      .option("--cut <list>", "layers or blocks with which the base ends (default: its end)")
      .option(
        "--search <how>",
        "grid: all; random: some; halving: some, the better third goes on",
        oneOf(...searches),
        defaults.search,
      )
      .option("--trials <n>", "candidates of random and halving", positiveInteger, defaults.trials)
      .option("--folds <n>", "parts that take turns as judge", positiveInteger, defaults.folds)
      .option("--epochs <n>", "passes over the training images", positiveInteger, defaults.epochs)
      .option("--batch-size <n>", "images a training step", positiveInteger, trainingDefaults.batchSize)
      .option("--base <name>", "base network, or a bundle whose base is taken", trainingDefaults.base)
      .option("--image-size <pixels>", "side of the square the base sees", positiveInteger)
      .option(
        "--validation-split <x>",
        "as of train; a sweep chooses by training and validation images together",
        fraction,
        trainingDefaults.validationSplit,
      )
      .option(
        "--seed <n>",
        "seed of folds, draws of candidates, initial weights and order",
        naturalNumber,
        trainingDefaults.seed,
      )
      .option("--store <folder>", "where features are kept (default: permafrost doctor shows it)")
      .option("--out <folder>", "where the page, the tables and finished trainings go", defaults.out)
      .option("--no-resume", "train anew what an earlier sweep in the folder has finished");
  },
  async run([folder], options, context) {
    const { output, signal } = context;
    const { sweepHeads } = await import("../../recipes/sweepHeads.ts");
    const { report, files } = await sweepHeads(await sweepRequest(String(folder), options, context), {
      onProgress: output.onProgress,
      onWarning: (text) => output.warn(text),
      signal,
    });
    output.print(describe(report));
    output.print(`Page: ${files.page}`);
    output.emit({ event: "result", ...report, files });
    return exitCodes.done;
  },
};

async function sweepRequest(
  data: string,
  options: Readonly<Record<string, unknown>>,
  { environment, commandLine }: Pick<CommandContext, "environment" | "commandLine">,
): Promise<SweepRequest> {
  const { searchAxes } = await import("../../recipes/sweep/searchSpace.ts");
  const { store, imageSize, l2, cut } = options;
  return {
    data,
    axes: searchAxes({
      head: String(options["head"]),
      optimizer: String(options["optimizer"]),
      learningRate: String(options["learningRate"]),
      augment: String(options["augment"]),
      ...(typeof l2 === "string" ? { l2 } : {}),
      ...(typeof cut === "string" ? { cut } : {}),
    }),
    search: searches.find((each) => each === options["search"]) ?? sweepDefaults.search,
    trials: Number(options["trials"]),
    folds: Number(options["folds"]),
    epochs: Number(options["epochs"]),
    batchSize: Number(options["batchSize"]),
    base: basePlace(String(options["base"])),
    validationSplit: Number(options["validationSplit"]),
    seed: Number(options["seed"]),
    out: String(options["out"]),
    store: typeof store === "string" ? store : storeFolder(environment),
    commandLine,
    resume: options["resume"] !== false,
    ...(typeof imageSize === "number" ? { imageSize } : {}),
  };
}

function describe(report: SweepReport): string {
  const { candidates, forwards, trainings, remarks, unbiased } = report;
  const rows = candidates
    .slice(0, printed)
    .map((candidate) => [
      describeSettings(candidate),
      candidate.epochs,
      percent(candidate.accuracy),
      candidate.interval.map(hundredths).join(" to "),
      candidate.fromBest === undefined
        ? ""
        : candidate.fromBest.isNoise
          ? "cannot be told from the best"
          : "worse",
    ]);
  const lines = [
    sweepAnswer(report).sentence.replaceAll("\u202f", " "),
    "",
    table(["candidate", "epochs", "accuracy", "95 % interval", ""], rows),
    ...(candidates.length > printed ? [`and ${candidates.length - printed} more in the tables.`] : []),
    "",
    `The best of them looks better by about ${hundredths(unbiased.optimism)} points than it is.`,
    ...remarks,
    ...(report.trainCommand === undefined ? [] : [`Train it: ${report.trainCommand}`]),
    `Base network: ${count(forwards.computed)} forwards computed, ${count(forwards.reused)} features reused from the store.`,
    `Heads: ${count(trainings.trained)} trained, ${count(trainings.kept)} found finished.`,
  ];
  return lines.join("\n");
}
