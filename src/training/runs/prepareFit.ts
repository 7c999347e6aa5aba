import { PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import type { Compiled } from "../compiled/compile.ts";
import { frozenFeatures, withEngine } from "../features/frozenFeatures.ts";
import { buildProgram } from "../graphs/buildProgram.ts";
import type { Phase } from "../graphs/stepGraph.ts";
import { expectMemory } from "../graphs/trainingMemory.ts";
import { type BatchMixing, batchMixing } from "../samples/batchMixing.ts";
import { drawnForTraining } from "../samples/drawnSource.ts";
import {
  type LabelledSamples,
  selectLabelled,
  splitValidation,
  targetShapes,
} from "../samples/labelledSamples.ts";
import { labelSamples, type ModelTargets } from "../samples/labelSamples.ts";
import type { ModelInputs } from "../samples/modelInputs.ts";
import type { TrainProgram } from "../thread/trainProgram.ts";
import type { FitOptions, FrozenPart } from "./fitOptions.ts";

/** What a run of `fit` works on: the program, and the samples as it reads them. */
export interface PreparedFit {
  readonly program: TrainProgram;
  readonly train: LabelledSamples;
  readonly validation: LabelledSamples | undefined;
  /** How the training batches are mixed; undefined: not at all. */
  readonly mixing: BatchMixing | undefined;
}

/** Checks the data, builds the graphs and computes the frozen part of the network. */
export async function prepareFit(
  compiled: Compiled,
  x: ModelInputs,
  y: ModelTargets,
  options: FitOptions,
): Promise<PreparedFit> {
  const { train: given, validation: allValidation } = labelledParts(compiled, x, y, options);
  const train = { ...given, source: drawnForTraining(compiled.model, given.source, options.seed ?? 0) };
  const mixing = batchMixing(compiled, train, options, options.seed ?? 0);
  const { batchSize = 32, validationBatchSize = batchSize, validationSteps, oncePerSample = true } = options;
  const validation = allValidation && firstBatches(allValidation, validationBatchSize, validationSteps);
  const built = buildProgram(compiled, {
    batchSize: Math.min(batchSize, train.source.samples),
    testBatchSize: validation && Math.min(validationBatchSize, validation.source.samples),
    targetShapes: targetShapes(train),
    testShapes: validation && targetShapes(validation),
    // Mixed pictures are others in every step, so nothing can be computed once for them.
    splitTrain: oncePerSample && isSplit(train, options) && mixing === undefined,
    splitTest: oncePerSample && validation !== undefined && isSplit(validation, options),
    seed: options.seed ?? 0,
    threads: options.threads,
  });
  expectMemory(built, Math.min(batchSize, train.source.samples));
  const { program, train: trainPhase, test: testPhase } = built;
  const parts = { train, validation, mixing };
  if (trainPhase.prefix === undefined && testPhase?.prefix === undefined) return { program, ...parts };
  const through = async (frozenPart: FrozenPart) => ({
    program,
    mixing,
    train: await throughPrefix(frozenPart, train, trainPhase, options),
    validation: validation && testPhase && (await throughPrefix(frozenPart, validation, testPhase, options)),
  });
  if (options.frozenPart !== undefined) return through(options.frozenPart);
  return withEngine(options.engine, (engine) =>
    through((prefix, source, work) => frozenFeatures(engine, prefix, source, work)),
  );
}

/** Where samples change from epoch to epoch, the default way of computing their features once would freeze those of one epoch. */
function isSplit({ source }: LabelledSamples, { frozenPart }: FitOptions): boolean {
  return source.forEpoch === undefined || frozenPart !== undefined;
}

function labelledParts(compiled: Compiled, x: ModelInputs, y: ModelTargets, options: FitOptions) {
  const { validationData, validationSplit = 0, sampleWeight, classWeight } = options;
  const whole = labelSamples(compiled, x, y, sampleWeight, classWeight);
  if (validationSplit !== 0) {
    const parts = splitValidation(labelSamples(compiled, x, y, sampleWeight), validationSplit);
    // Class weights count in training only.
    return { ...parts, train: splitValidation(whole, validationSplit).train };
  }
  const validation =
    validationData && labelSamples(compiled, validationData[0], validationData[1], validationData[2]);
  return { train: whole, validation };
}

/** The samples of so many batches; all for undefined. */
function firstBatches(
  samples: LabelledSamples,
  batchSize: number,
  steps: number | undefined,
): LabelledSamples {
  if (steps === undefined || steps * batchSize >= samples.source.samples) return samples;
  return selectLabelled(
    samples,
    Uint32Array.from({ length: steps * batchSize }, (_, index) => index),
  );
}

async function throughPrefix(
  frozenPart: FrozenPart,
  samples: LabelledSamples,
  { prefix }: Phase,
  { onProgress, signal }: FitOptions,
): Promise<LabelledSamples> {
  if (prefix === undefined) return samples;
  const work: WorkOptions = {
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  };
  const source = await frozenPart(prefix, samples.source, work);
  if (samples.source.forEpoch !== undefined && source.forEpoch === undefined) throw frozenDraw();
  return { ...samples, source };
}

function frozenDraw(): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    "frozenPart: the samples change from epoch to epoch (random views), but the features given for them do not: " +
      "one draw would be frozen for ever. Give the features a forEpoch too, or leave frozenPart out.",
  );
}
