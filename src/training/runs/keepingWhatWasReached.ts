import { messageOf, PermafrostError } from "../../base/errors.ts";
import type { TrainingRun } from "./trainingRun.ts";

/**
 * Trains; where a callback or the samples fail, the model is given the weights of the last step before the error goes on
 * to the caller. An error that is none of ours becomes INTERRUPTED with it as the cause.
 */
export async function keepingWhatWasReached(run: TrainingRun, train: () => Promise<void>): Promise<void> {
  const before = run.iteration;
  try {
    await train();
  } catch (error) {
    if (isSettled(error) || run.iteration === before || !(await canKeep(run))) throw error;
    const { epochs } = run.params;
    const said =
      `Training ended in epoch ${Math.min(run.nextEpoch + 1, epochs)} of ${epochs}, after ${run.iteration} updates in all; ` +
      "the model keeps the weights of the last one.";
    const known = error instanceof PermafrostError ? error : undefined;
    throw new PermafrostError(
      known?.code ?? "INTERRUPTED",
      `${known === undefined ? "a callback or the samples failed: " : ""}${messageOf(error)} ${said}`,
      { details: { ...known?.details, iteration: run.iteration }, cause: error },
    );
  }
}

/** `fit` has said already what the model keeps. */
function isSettled(error: unknown): boolean {
  return error instanceof PermafrostError && (error.code === "LOSS_NAN" || error.code === "INTERRUPTED");
}

/** False, too, where the training thread is gone. */
async function canKeep(run: TrainingRun): Promise<boolean> {
  try {
    return await run.keep();
  } catch {
    return false;
  }
}
