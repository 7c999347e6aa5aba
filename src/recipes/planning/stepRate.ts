import { availableParallelism } from "node:os";
import { digestOf } from "../../base/digest.ts";
import { readRates, saveRate } from "../../features/measuredRates.ts";
import type { PlannedSteps } from "./phasePlanning.ts";

/** Seconds of a training step behind the cut on this machine: remembered, else tried now and remembered. */
export async function stepSeconds(planned: PlannedSteps): Promise<number> {
  const { request, phase, prefix, data, joint } = planned;
  const { base, head, imageSize, batchSize, optimizer, batchNormalization, compat, checkpoint, store } =
    request;
  const digest = digestOf({
    step: { base, head, imageSize, batchSize, optimizer, batchNormalization, compat, checkpoint },
    unfrozenFrom: phase.unfrozenFrom,
    cut: prefix?.outputs.map(({ type }) => type.shape),
    classes: data.dataset.classNames.length,
    ...(data.dataset.task === undefined ? {} : { task: data.dataset.task }),
    ...(joint === undefined ? {} : { joint: true }),
    threads: availableParallelism(),
  });
  const known = (await readRates(store)).get(digest);
  if (known !== undefined) return batchSize / known.viewsPerSecond;
  // Loaded only here: a plan that knows the rate already needs no training.
  const { tryStep } = await import("./tryStep.ts");
  const seconds = await tryStep(planned);
  await saveRate(store, digest, { viewsPerSecond: batchSize / seconds, isTrial: true });
  return seconds;
}
