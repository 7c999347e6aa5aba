import { balancedClassWeights } from "../../data/classWeights.ts";
import type { SplitSample } from "../../data/split.ts";
import { type OptimizerConfig, resolveOptimizer } from "../../optimizers/index.ts";
import { cosineDecay } from "../../optimizers/schedules/cosineDecay.ts";
import type { LearningRate } from "../../optimizers/schedules/schedule.ts";
import { type Compiled, compileModel } from "../../training/compiled/compile.ts";
import type { FitOptions } from "../../training/runs/fitOptions.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";
import { solverOf } from "../classifier/solvedHeads.ts";
import { pictureSource } from "../data/pictureSource.ts";
import type { PreparedData } from "../data/prepareData.ts";
import type { TrainingHooks } from "../request/training.ts";
import { fitPhase, type PhaseFit } from "./fitPhase.ts";
import { type FitData, type HeadTraining, labelsOf, samplesOf, type TrainedHead } from "./headTraining.ts";
import { mixedTargets, mixedTask } from "./mixing.ts";
import { solveHead } from "./solveHead.ts";

/** Trains the layers above the cut, or solves for them. A loss that is no number ends it with the weights of the last good epoch. */
export async function fitHead(
  training: HeadTraining,
  data: FitData,
  hooks: TrainingHooks,
): Promise<Pick<TrainedHead, "history" | "failure" | "record">> {
  const { request, phase } = training;
  const train = samplesOf(data, "train");
  const steps = Math.ceil(train.length / request.batchSize);
  const compiled = compiledHead(training, data, phase.epochs * steps);
  const solve = solverOf(request.head);
  if (solve !== undefined) return await solveHead(training, data, compiled, solve, hooks);
  const { x, options } = sourcesOf(training, data, train);
  const fitted: PhaseFit = {
    compiled,
    x,
    y: mixedTargets(data.dataset, request, train),
    options: {
      sampleWeight: Float32Array.from(train, (sample) => sample.weight),
      ...(request.classWeight === undefined
        ? {}
        : { classWeight: balancedClassWeights(labelsOf(train), data.dataset.classNames.length) }),
      ...options,
    },
    cut: data.cut,
    steps,
    data,
  };
  return await fitPhase(training, fitted, hooks);
}

function compiledHead(
  { request, phase, model }: HeadTraining,
  { dataset }: PreparedData,
  decaySteps: number,
): Compiled {
  const { optimizer, compat, checkpoint, schedule, layerwiseDecay = 1 } = request;
  const { learningRate: initialLearningRate } = phase;
  const rate =
    schedule === "constant" ? initialLearningRate : cosineDecay({ initialLearningRate, decaySteps });
  const { loss, metrics } = mixedTask(dataset, request);
  return compileModel(model, {
    optimizer: optimizerWithRate(optimizer, rate),
    loss,
    metrics,
    layerwiseDecay,
    ...(compat === undefined ? {} : { compat }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
}

/** The pictures, and where `fit` finds what the frozen part makes of them. */
function sourcesOf(
  { base, request, engine, plainly = false }: HeadTraining,
  data: FitData,
  train: readonly SplitSample[],
): { readonly x: BatchSource; readonly options: FitOptions } {
  const { features, digests, draws, drawn } = data;
  const validation = samplesOf(data, "validation");
  const x = pictureSource(train, base.preprocessing, draws && { draws, digests });
  const validationPictures = pictureSource(validation, base.preprocessing);
  const stored = (source: BatchSource): BatchSource =>
    source === x ? (drawn ?? features.of(train)) : features.of(validation);
  const howComputed = (): FitOptions => {
    // Validation pictures are not mixed: what is frozen is computed once for them.
    if (request.mixing !== undefined) return { ...request.mixing, engine };
    if (plainly) return { oncePerSample: false };
    return { frozenPart: (_prefix, source) => Promise.resolve(stored(source)) };
  };
  return {
    x,
    options: {
      ...(validation.length === 0
        ? {}
        : { validationData: [validationPictures, mixedTargets(data.dataset, request, validation)] }),
      ...howComputed(),
    },
  };
}

/** An optimizer by name with everything but the rate as Keras has it. */
export function optimizerWithRate(name: string, learningRate: LearningRate): OptimizerConfig {
  const { kind, config } = resolveOptimizer(name);
  return { kind, config: { ...config, learningRate } };
}
