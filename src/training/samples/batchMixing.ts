import { drawMix, type Mixing, mixRows } from "../../augmentation/mixing.ts";
import { PermafrostError } from "../../base/errors.ts";
import { Random } from "../../base/random.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { Compiled } from "../compiled/compile.ts";
import type { BatchBuffer } from "../thread/batchBuffer.ts";
import { type LabelledSamples, targetShapes } from "./labelledSamples.ts";

/**
 * Mixes the samples of a training batch: pictures, targets and weights by the same share. How a batch is mixed follows from
 * seed, epoch and step alone.
 */
export class BatchMixing {
  readonly #mixing: Mixing;
  readonly #seed: number;

  constructor(mixing: Mixing, seed: number) {
    this.#mixing = mixing;
    this.#seed = seed;
  }

  /** @param count - Samples in the batch; one alone stays as it is. */
  apply(
    batch: BatchBuffer,
    count: number,
    samples: LabelledSamples,
    { epoch, step }: { readonly epoch: number; readonly step: number },
  ): void {
    if (count < 2) return;
    const { shape } = samples.source;
    const [height = 1, width = 1] = shape.length === 3 ? shape.slice(1) : [];
    const draw = drawMix(this.#mixing, new Random(this.#seed, "mixing", epoch, step), height, width);
    mixRows(batch.x(count, sizeOf(shape)), count, draw, width, height);
    const labels = { share: draw.share };
    for (const [place, target] of targetShapes(samples).entries()) {
      const region = batch.outputs[place]!;
      mixRows(region.target(count, sizeOf(target)), count, labels);
      mixRows(region.weights(count), count, labels);
    }
  }
}

/**
 * The mixing that `fit` was asked for.
 *
 * @throws PermafrostError INVALID_ARGUMENT for samples or losses whose targets cannot be mixed.
 */
export function batchMixing(
  compiled: Compiled,
  { source, outputs }: LabelledSamples,
  { mixup, cutmix }: Mixing,
  seed: number,
): BatchMixing | undefined {
  if (mixup === undefined && cutmix === undefined) return undefined;
  if (cutmix !== undefined && source.shape.length !== 3) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `cutmix: expected pictures [height, width, channels], got samples with ${source.shape.length} axes. mixup takes any.`,
    );
  }
  for (const { loss } of compiled.outputs.slice(0, outputs.length)) {
    if (loss?.targets !== "classNumbers") continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `mixup, cutmix: class numbers cannot be mixed, and ${loss.name} takes nothing else. Give one-hot targets and compile with categoricalCrossentropy.`,
    );
  }
  return new BatchMixing(
    { ...(mixup === undefined ? {} : { mixup }), ...(cutmix === undefined ? {} : { cutmix }) },
    seed,
  );
}
