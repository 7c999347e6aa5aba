import { availableParallelism } from "node:os";
import { PermafrostError } from "../base/errors.ts";
import { toEngineShape } from "../layers/layout.ts";
import { optimizerConfig } from "../optimizers/index.ts";
import { batchLayout } from "./batchBuffer.ts";
import { batchSource, type Samples } from "./batchSource.ts";
import type { Compiled } from "./compile.ts";
import type { FitOptions } from "./fitOptions.ts";
import { frozenFeatures, withEngine } from "./frozenFeatures.ts";
import { type LabelledSamples, splitValidation } from "./labelledSamples.ts";
import { type ClassWeight, sampleWeights } from "./sampleWeights.ts";
import { buildPhase, type Phase } from "./stepGraph.ts";
import { encodeTargets, type Targets } from "./targets.ts";
import type { TrainProgram } from "./trainProgram.ts";

/** What a run of `fit` works on: the program, and the samples as it reads them. */
export interface PreparedFit {
  readonly program: TrainProgram;
  readonly train: LabelledSamples;
  readonly validation: LabelledSamples | undefined;
}

/** Checks the data, builds the graphs and computes the frozen part of the network. */
export async function prepareFit(
  compiled: Compiled,
  x: Samples,
  y: Targets,
  options: FitOptions,
): Promise<PreparedFit> {
  const { train, validation } = labelledParts(compiled, x, y, options);
  const phase = (mode: "train" | "infer", samples: LabelledSamples) =>
    buildPhase(compiled, {
      mode,
      targetShape: samples.targets.shape,
      splitPrefix: options.oncePerSample ?? true,
      seed: options.seed ?? 0,
    });
  const trainPhase = phase("train", train);
  checkTrained(compiled, trainPhase);
  const testPhase = validation && phase("infer", validation);
  const { batchSize = 32, validationBatchSize = batchSize } = options;
  const program: TrainProgram = {
    train: trainPhase.program,
    test: testPhase?.program,
    parameters: trainPhase.parameters,
    optimizer: optimizerConfig(compiled.optimizer),
    layout: batchLayout(
      Math.max(
        Math.min(batchSize, train.source.samples),
        validation === undefined ? 0 : Math.min(validationBatchSize, validation.source.samples),
      ),
      testPhase === undefined ? [trainPhase.program] : [trainPhase.program, testPhase.program],
    ),
    threads: options.threads ?? availableParallelism(),
  };
  return {
    program,
    train: await throughPrefix(train, trainPhase, options),
    validation: validation && testPhase && (await throughPrefix(validation, testPhase, options)),
  };
}

/**
 * Samples with their targets and weights in the form in which a model reads them.
 *
 * @throws PermafrostError SHAPE_MISMATCH or DATA_INVALID
 */
export function labelledSamples(
  compiled: Compiled,
  x: Samples,
  y: Targets,
  sampleWeight?: ArrayLike<number>,
  classWeight?: ClassWeight,
): LabelledSamples {
  const { model, loss } = compiled;
  const source = batchSource(x);
  const expected = toEngineShape(model.inputs[0]!.shape).slice(1);
  const fits =
    expected.length === source.shape.length && expected.every((size, axis) => size === source.shape[axis]);
  if (!fits) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `${model.name}: expected samples of shape [${expected.join(", ")}] (pictures: channels, height, width), got [${source.shape.join(", ")}].`,
    );
  }
  if (source.samples === 0) throw new PermafrostError("DATA_EMPTY", `${model.name}: there are no samples.`);
  const outputShape = toEngineShape(model.outputShape).slice(1).map(Number);
  const targets = encodeTargets(y, loss, outputShape, source.samples);
  return { source, targets, weights: sampleWeights(targets, source.samples, sampleWeight, classWeight) };
}

function labelledParts(compiled: Compiled, x: Samples, y: Targets, options: FitOptions) {
  const { validationData, validationSplit = 0, sampleWeight, classWeight } = options;
  const whole = labelledSamples(compiled, x, y, sampleWeight, classWeight);
  if (validationSplit !== 0) {
    const parts = splitValidation(labelledSamples(compiled, x, y, sampleWeight), validationSplit);
    // Class weights count in training only.
    return { ...parts, train: splitValidation(whole, validationSplit).train };
  }
  const validation =
    validationData && labelledSamples(compiled, validationData[0], validationData[1], validationData[2]);
  return { train: whole, validation };
}

async function throughPrefix(
  samples: LabelledSamples,
  { prefix }: Phase,
  { engine, onProgress, signal }: FitOptions,
): Promise<LabelledSamples> {
  if (prefix === undefined) return samples;
  const source = await withEngine(engine, (running) =>
    frozenFeatures(running, prefix, samples.source, {
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  return { ...samples, source };
}

function checkTrained({ model, trained }: Compiled, phase: Phase): void {
  if (phase.parameters.length > 0) return;
  const reason = trained.size === 0 ? "every layer is frozen" : "no trained weight reaches the output";
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${model.name}: there is nothing to train: ${reason}. Set trainable = true on a layer and call compile again.`,
  );
}
