import { batchOrder } from "../../data/batches.ts";
import { type LabelledSamples, labelledForEpoch } from "./labelledSamples.ts";

export interface EpochPlan {
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  /** Batches of an epoch; undefined: one pass over the samples. */
  readonly stepsPerEpoch: number | undefined;
}

/** A step's samples as they are seen in this pass. */
export interface EpochBatch {
  readonly samples: LabelledSamples;
  readonly indices: Uint32Array;
}

/** Steps of one epoch. */
export function stepsOfEpoch(
  samples: LabelledSamples,
  { batchSize, stepsPerEpoch }: Pick<EpochPlan, "batchSize" | "stepsPerEpoch">,
): number {
  return stepsPerEpoch ?? Math.ceil(samples.source.samples / batchSize);
}

/**
 * The batches of an epoch. Epochs of `stepsPerEpoch` batches go on where the one before ended; after a whole pass the
 * samples are mixed and drawn anew. Where each begins follows from its number, so a run can be taken up anywhere.
 *
 * @param epoch - Counted from 0.
 */
export function* epochBatches(
  samples: LabelledSamples,
  epoch: number,
  plan: EpochPlan,
): Generator<EpochBatch> {
  const passSteps = stepsOfEpoch(samples, { ...plan, stepsPerEpoch: undefined });
  const first = epoch * stepsOfEpoch(samples, plan);
  const end = first + stepsOfEpoch(samples, plan);
  for (let step = first; step < end; ) {
    const pass = Math.floor(step / passSteps);
    const seen = labelledForEpoch(samples, pass);
    const order = batchOrder(samples.source.samples, { ...plan, epoch: pass });
    for (const indices of order.slice(step % passSteps, (step % passSteps) + end - step)) {
      yield { samples: seen, indices };
      step++;
    }
  }
}
