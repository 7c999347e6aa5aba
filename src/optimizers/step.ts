import type { TrainingKernels } from "../base/trainingKernels.ts";
import type { Span } from "../tensor/arena.ts";
import { gradientScales } from "./clipping.ts";
import type { CommonConfig, ParameterSpans, StepInfo } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

/** Slots of the common options. */
const accumulator = "gradientAccumulator";
export const averageSlot = "average";

/** The rule of one kind of optimizer, its options filled in. */
type Update = (spans: ParameterSpans, info: StepInfo) => void;

/** The slots that the common options need. */
export function commonSlots(config: CommonConfig): Readonly<Record<string, number>> {
  return {
    ...(config.gradientAccumulationSteps === null ? {} : { [accumulator]: 0 }),
    ...(config.useEma ? { [averageSlot]: 0 } : {}),
  };
}

/**
 * One step in Keras 3's order: gather gradients; at every update clip, decay, apply the rule; then the moving average, which
 * follows in steps without an update too.
 *
 * Where a weight takes several kernels, they go over it together, block by block, so that each number comes from main
 * memory once.
 */
export function optimizerStep(
  kernels: TrainingKernels,
  parameters: readonly ParameterSpans[],
  config: CommonConfig,
  info: StepInfo,
  update: Update,
): void {
  const { gradientAccumulationSteps: steps } = config;
  const isUpdate = steps === null || (info.iteration + 1) % steps === 0;
  // Keras's `iterations`: updates made before, as the bias corrections and the average count.
  const made = { ...info, iteration: Math.floor(info.iteration / (steps ?? 1)) };
  if (steps !== null) gather(kernels, parameters, isUpdate ? steps : undefined);
  const scales = isUpdate ? gradientScales(kernels, parameters, config) : [];
  const block = passes(config) > 1 ? blockLength : Number.POSITIVE_INFINITY;
  for (const [index, spans] of parameters.entries()) {
    const own = { ...made, learningRate: made.learningRate * spans.rate };
    const decay = isUpdate && decays(spans, config) ? config.weightDecay * own.learningRate : 0;
    for (const part of blocks(spans, block)) {
      if (isUpdate) {
        prepare(kernels, part, config, { scale: scales[index] ?? 1, decay });
        update(part, own);
      }
      if (config.useEma) average(kernels, part, config, made.iteration);
    }
  }
}

/** Puts the average in the weights' place. */
export function takeAverage(kernels: TrainingKernels, parameters: readonly ParameterSpans[]): void {
  for (const spans of parameters) {
    kernels.copy(spans.weight.offset, slotOffset(spans, averageSlot), spans.weight.length);
  }
}

/** Exchanges weights and average. */
export function exchangeAverage(kernels: TrainingKernels, parameters: readonly ParameterSpans[]): void {
  for (const spans of parameters) {
    kernels.swap(spans.weight.offset, slotOffset(spans, averageSlot), spans.weight.length);
  }
}

/** Adds the gradients to those before, or at an update makes them the mean over the steps since the last. */
function gather(
  kernels: TrainingKernels,
  parameters: readonly ParameterSpans[],
  steps: number | undefined,
): void {
  for (const spans of parameters) {
    const { offset, length } = spans.gradient;
    const sum = slotOffset(spans, accumulator);
    if (steps === undefined) kernels.accumulate(sum, offset, length);
    else kernels.takeMean(offset, sum, length, steps);
  }
}

function prepare(
  kernels: TrainingKernels,
  { weight, gradient }: ParameterSpans,
  { clipvalue }: CommonConfig,
  { scale, decay }: { readonly scale: number; readonly decay: number },
): void {
  if (clipvalue !== null) kernels.clamp(gradient.offset, gradient.length, -clipvalue, clipvalue);
  if (scale !== 1) kernels.scale(gradient.offset, gradient.length, scale);
  if (decay !== 0) kernels.decay(weight.offset, weight.length, decay);
}

/** Until the first update is made, the average is the weights as they are. */
function average(
  kernels: TrainingKernels,
  spans: ParameterSpans,
  { emaMomentum, emaOverwriteFrequency }: CommonConfig,
  iteration: number,
): void {
  const { offset, length } = spans.weight;
  const slot = slotOffset(spans, averageSlot);
  const momentum = iteration === 0 ? 0 : Math.fround(emaMomentum);
  kernels.follow(slot, offset, length, momentum, 1 - momentum);
  if (emaOverwriteFrequency !== null && (iteration + 1) % emaOverwriteFrequency === 0) {
    kernels.copy(offset, slot, length);
  }
}

function decays({ path }: ParameterSpans, config: CommonConfig): boolean {
  if (config.weightDecay === 0) return false;
  return !config.excludeFromWeightDecay.some((pattern) => new RegExp(pattern).test(path));
}

/** Kernels that go over each weight in an update. */
function passes({ clipnorm, clipvalue, globalClipnorm, weightDecay, useEma }: CommonConfig): number {
  const isClipped = clipnorm !== null || clipvalue !== null || globalClipnorm !== null;
  return 1 + Number(isClipped) + Number(weightDecay !== 0) + Number(useEma);
}

/** Floats of a block: five arrays of it fit the second-level cache of any processor. */
const blockLength = 8192;

function* blocks(spans: ParameterSpans, most: number): Generator<ParameterSpans> {
  const { length } = spans.weight;
  if (length <= most) {
    yield spans;
    return;
  }
  for (let start = 0; start < length; start += most) {
    const cut = ({ offset }: Span): Span => ({
      offset: offset + 4 * start,
      length: Math.min(most, length - start),
    });
    const slots = Object.fromEntries(Object.entries(spans.slots).map(([name, span]) => [name, cut(span)]));
    yield { ...spans, weight: cut(spans.weight), gradient: cut(spans.gradient), slots };
  }
}
