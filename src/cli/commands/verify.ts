import type { StoreDtype } from "../../features/key.ts";
import type { WaysComparison } from "../../recipes/verification/compareWays.ts";
import type { VerificationResult } from "../../recipes/verifyTraining.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { declareJointOptions, jointOf } from "../jointOptions.ts";
import { positiveInteger } from "../options.ts";
import { table } from "../text.ts";
import { declareTrainingOptions, trainingRequest } from "../trainingOptions.ts";

/** Each has a way of its own through the engine: one row is padded, odd numbers leave a rest in vectorized loops. */
const allBatchSizes = [1, 2, 3, 8, 20, 32] as const;

export const verify: CommandDefinition = {
  name: "verify",
  summary: "train the plain way and from stored features, and compare bit for bit",
  examples: [
    "permafrost verify photos/",
    "permafrost verify photos/ --augment book --draws fresh --steps 20",
    "permafrost verify photos/ --encoder runs/encoder --unfreeze last:2",
    "permafrost verify photos/ --all-batch-sizes --json",
  ],
  declare(command) {
    command
      .argument("<folder>", "class folders, train/validation/test folders, or a manifest")
      .option("--steps <n>", "steps to compare (default: one epoch, at most 50)", positiveInteger)
      .option(
        "--all-batch-sizes",
        `compare with batches of ${allBatchSizes.join(", ")}, with a smaller last one`,
      );
    declareTrainingOptions(command);
    declareJointOptions(command);
  },
  async run([folder], options, context) {
    const { output, signal } = context;
    const { verifyTraining } = await import("../../recipes/verifyTraining.ts");
    const result = await verifyTraining(
      {
        ...(await trainingRequest(String(folder), options, context)),
        ...jointOf(options),
        ...(typeof options["steps"] === "number" ? { steps: options["steps"] } : {}),
        ...(options["allBatchSizes"] === true ? { batchSizes: allBatchSizes } : {}),
      },
      {
        onProgress: output.onProgress,
        onCheck: (check) => output.emit({ event: "check", ...check }),
        onWarning: (text) => output.warn(text),
        signal,
      },
    );
    output.print(describe(result));
    output.emit({ event: "result", ...result });
    return result.same ? exitCodes.done : exitCodes.failed;
  },
};

function describe(result: VerificationResult): string {
  const { same, checks, store, forwards, skipped, numericsClass, storeDtype } = result;
  const rows = checks.map((check) => [
    check.batchSize,
    check.images,
    check.steps,
    check.lastBatch,
    check.losses.at(-1)?.toPrecision(9) ?? "",
    check.weights.plain.slice(0, 16),
    check.weights.stored.slice(0, 16),
    check.same ? "same" : "DIFFERENT",
  ]);
  const heads = ["batch size", "images", "steps", "last batch", "last loss", "plain", "stored", "bits"];
  const lines = [
    table(heads, rows),
    "",
    `Stored features: ${store} (${forwards.reused} found, ${forwards.computed} computed now).`,
    `Numerics class: ${numericsClass}.`,
  ];
  if (skipped.length > 0) lines.push(`Skipped ${skipped.length} files that cannot be read.`);
  lines.push(...checks.flatMap((check) => differences(check, storeDtype)));
  const steps = checks.reduce((sum, check) => sum + check.steps, 0);
  lines.push(
    same
      ? `Same bits: all losses of ${steps} steps and all weights after them are equal.`
      : "Not the same bits.",
  );
  return lines.join("\n");
}

function differences(
  { batchSize, frozenUnchanged, difference, feature }: WaysComparison,
  storeDtype: StoreDtype,
): readonly string[] {
  const lines: string[] = [];
  if (difference !== undefined) {
    const { step, tensor, index, plain, stored } = difference;
    lines.push(
      `Batch size ${batchSize}: the first difference is in step ${step}, ${tensor}[${index}]: ${plain} the plain way, ${stored} the stored way.`,
    );
  }
  if (feature !== undefined) {
    lines.push(
      `${feature.path}: its stored feature has ${feature.stored} at [${feature.index}], the base network gives ${feature.computed}. ` +
        featureAdvice(storeDtype),
    );
  }
  if (!frozenUnchanged) lines.push(`Batch size ${batchSize}: frozen weights of the base have changed.`);
  return lines;
}

function featureAdvice(storeDtype: StoreDtype): string {
  return storeDtype === "float32"
    ? "Remove the store's features of this base (permafrost store prune) and run again."
    : `Features stored as ${storeDtype} are rounded, so the bits differ by design; leave out --store-dtype ${storeDtype} to compare full precision.`;
}
