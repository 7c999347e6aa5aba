import { PermafrostError } from "../../base/errors.ts";
import type { TrainingRun } from "./trainingRun.ts";

/**
 * The error of a loss that is no number any more.
 *
 * @param epoch - Counted from 0, as `step`.
 */
export function lossNan(run: TrainingRun, epoch: number, step: number, loss: number): PermafrostError {
  const { epochs, steps } = run.params;
  const first = epoch === 0 && step === 0;
  const what = Number.isNaN(loss) ? "NaN" : String(loss);
  const kept = epoch === 0 ? "from before training" : `of the end of epoch ${epoch}`;
  const advice = first
    ? "It was so from the start, on finite inputs: look for weights that are no numbers, or inputs that are far too large."
    : `Use a lower learning rate (it was ${run.learningRate}), or clip gradients with clipnorm: 1.`;
  return new PermafrostError(
    "LOSS_NAN",
    `training stopped: the loss became ${what} in epoch ${epoch + 1} of ${epochs}, step ${step + 1} of ${steps}. ` +
      `The model keeps the weights ${kept}. ${advice}`,
    { details: { epoch, step, loss } },
  );
}
