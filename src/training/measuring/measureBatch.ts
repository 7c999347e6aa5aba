import { reducedLoss } from "../../losses/reduction.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { Compiled } from "../compiled/compile.ts";
import type { CompiledOutput } from "../compiled/compiledOutputs.ts";
import type { BatchBuffer } from "../thread/batchBuffer.ts";
import type { PhaseProgram } from "../thread/trainProgram.ts";
import type { MeasuredOutput } from "./measurements.ts";

/** What a batch that came back from the training thread shows of each output. */
export function measuredOutputs(
  compiled: Compiled,
  { outputs }: PhaseProgram,
  batch: BatchBuffer,
  count: number,
): readonly MeasuredOutput[] {
  return outputs.map(({ losses, targetShape, predictionShape }, place) => {
    const regions = batch.outputs[place]!;
    const { loss } = compiled.outputs[place]!;
    const [targets, weights] = [regions.target(count, sizeOf(targetShape)), regions.weights(count)];
    return {
      loss:
        loss && losses !== undefined
          ? reducedLoss(loss, { losses: regions.losses(count), weights, targets })
          : undefined,
      prediction: regions.prediction(count, sizeOf(predictionShape)),
      targets,
      weights,
    };
  });
}

/** The loss that is reported: the outputs' own times their loss weights, and the penalties. */
export function reportedLoss(
  outputs: readonly CompiledOutput[],
  measured: readonly MeasuredOutput[],
  penalty: number,
): number {
  return outputs.reduce(
    (sum, { lossWeight }, place) => sum + lossWeight * (measured[place]!.loss ?? 0),
    penalty,
  );
}
