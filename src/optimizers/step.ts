import type { TrainingKernels } from "../base/trainingKernels.ts";
import { gradientScales } from "./clipping.ts";
import type { CommonConfig, ParameterSpans, StepInfo } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

/** Slots of the common options. */
const accumulator = "gradientAccumulator";
const averageSlot = "average";

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
  for (const [index, spans] of parameters.entries()) {
    const own = { ...made, learningRate: made.learningRate * spans.rate };
    const decay = isUpdate && decays(spans, config) ? config.weightDecay * own.learningRate : 0;
    if (isUpdate) {
      prepare(kernels, spans, config, { scale: scales[index] ?? 1, decay });
      update(spans, own);
    }
    if (config.useEma) average(kernels, spans, config, made.iteration);
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
