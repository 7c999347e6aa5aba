import { checkMixing, type Mixing } from "../../augmentation/mixing.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { WorkOptions } from "../../base/progress.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Runtime } from "../../engine/runtime.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Callback } from "../callbacks/callback.ts";
import type { TextStream, Verbosity } from "../callbacks/progressLine.ts";
import type { FrozenWatch } from "../compiled/frozenWeights.ts";
import type { BatchSource } from "../samples/batchSource.ts";
import type { ModelClassWeights, ModelSampleWeights, ModelTargets } from "../samples/labelSamples.ts";
import type { ModelInputs } from "../samples/modelInputs.ts";

/** Samples to measure on: inputs, targets, and perhaps a weight for each. */
export type ValidationData =
  | readonly [x: ModelInputs, y: ModelTargets]
  | readonly [x: ModelInputs, y: ModelTargets, sampleWeight: ModelSampleWeights];

/**
 * Runs (or looks up) the frozen part of a network for all samples of a source.
 *
 * @param prefix - From one data input to one output; its weights are constants.
 */
export type FrozenPart = (prefix: Graph, source: BatchSource, work: WorkOptions) => Promise<BatchSource>;

/**
 * Options of `fit`, Keras's names and defaults. `mixup` and `cutmix` mix the pictures of each training batch and their
 * targets, which must be one-hot or one value; what is frozen then runs in every step.
 */
export interface FitOptions extends WorkOptions, Mixing {
  /** Samples of one step; the last step of an epoch may have fewer. Default 32. */
  readonly batchSize?: number;
  /** Number of the epoch at which training ends (so initialEpoch 10, epochs 12 trains two). Default 1. */
  readonly epochs?: number;
  /** Default 0. */
  readonly initialEpoch?: number;
  /** Mix the samples anew in each epoch. Default true. */
  readonly shuffle?: boolean;
  /** Names the order of the samples and dropout's draws: the same seed gives the same bits. Default 0. */
  readonly seed?: number;
  /** Measured on after each epoch. */
  readonly validationData?: ValidationData;
  /** Share of the samples, taken from the end before mixing, to measure on instead. Default 0. */
  readonly validationSplit?: number;
  /** Default: batchSize. */
  readonly validationBatchSize?: number;
  /** Batches of the validation samples, from the first on, to measure on. Default: all. */
  readonly validationSteps?: number;
  /** Measure after every n-th epoch, or after the epochs in a list, which count from 1. Default 1. */
  readonly validationFreq?: number | readonly number[];
  /**
   * Steps of one epoch. The next epoch goes on where this one ended; after the last sample they are mixed anew (Keras ends
   * training there). Default: all samples once.
   */
  readonly stepsPerEpoch?: number;
  /** Weights of classes in the training loss, for all outputs or by their names; multiplied with sampleWeight. */
  readonly classWeight?: ModelClassWeights;
  /** One weight a sample in the training loss, for all outputs or for each in its place or by its name. */
  readonly sampleWeight?: ModelSampleWeights;
  readonly callbacks?: readonly Callback[];
  /** 0: silent; 1: a bar an epoch; 2: a line an epoch. Default 0. */
  readonly verbose?: Verbosity;
  /** Where `verbose` writes. Default: standard error. */
  readonly stream?: TextStream;
  /** Threads of a step. Default: one a core. */
  readonly threads?: number;
  /**
   * Compute what comes before the first trained layer once a sample instead of in every step. The numbers are the same
   * bit by bit; it only costs the memory of those features. Default true.
   */
  readonly oncePerSample?: boolean;
  /**
   * Gives what the frozen part makes of all samples of a source, in their order: from a store, say.
   * Default: computed with `engine` and kept in memory.
   */
  readonly frozenPart?: FrozenPart;
  /** Began to watch the frozen weights already, so that they are not digested twice. Default: one of `fit`'s own. */
  readonly frozenWatch?: FrozenWatch;
  /**
   * ONNX Runtime of this thread, which must be a worker thread itself: the steps then run in it, as bit for bit they do in a thread of
   * their own. Default: in a thread of their own.
   */
  readonly runtime?: Runtime;
  /** Computes the frozen part; one is started and closed again if it is needed and none is given. */
  readonly engine?: Engine;
}

/** @throws PermafrostError INVALID_ARGUMENT naming the option. */
export function checkFitOptions({
  batchSize = 32,
  epochs = 1,
  initialEpoch = 0,
  ...options
}: FitOptions): void {
  checkWhole("batchSize", batchSize, 1);
  checkWhole("epochs", epochs, 1);
  checkMixing(options);
  checkWhole("initialEpoch", initialEpoch, 0);
  const { validationBatchSize = 1, validationSteps = 1, stepsPerEpoch = 1, validationFreq = 1 } = options;
  checkWhole("validationBatchSize", validationBatchSize, 1);
  checkWhole("validationSteps", validationSteps, 1);
  checkWhole("stepsPerEpoch", stepsPerEpoch, 1);
  for (const epoch of [validationFreq].flat()) checkWhole("validationFreq", epoch, 1);
  if (options.validationData !== undefined && (options.validationSplit ?? 0) !== 0) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "fit: expected validationData or a validationSplit, got both.",
    );
  }
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: expected a whole number of at least ${least}, got ${value}.`,
  );
}
