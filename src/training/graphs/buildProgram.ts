import { availableParallelism } from "node:os";
import { PermafrostError } from "../../base/errors.ts";
import { channelBlock } from "../../engine/numerics.ts";
import { optimizerConfig } from "../../optimizers/index.ts";
import type { Compiled } from "../compiled/compile.ts";
import { batchLayout } from "../thread/batchBuffer.ts";
import type { TrainProgram } from "../thread/trainProgram.ts";
import { buildPhase, type Phase } from "./stepGraph.ts";

export interface ProgramOptions {
  /** The most samples of a step, and of a batch to measure on (default: the same). */
  readonly batchSize: number;
  readonly testBatchSize?: number | undefined;
  /** One target's shape for each output of the compiled model. */
  readonly targetShapes: readonly (readonly number[])[];
  /** The same for samples to measure on; left out: nothing is measured while training. */
  readonly testShapes?: readonly (readonly number[])[] | undefined;
  /** Leave the frozen prefix out of the graph that trains, and of the one that tests. */
  readonly splitTrain: boolean;
  readonly splitTest: boolean;
  readonly seed: number;
  /** Threads of a step. Default: one a core. */
  readonly threads?: number | undefined;
}

/** A program with the graphs it was made of. */
export interface BuiltProgram {
  readonly program: TrainProgram;
  readonly train: Phase;
  readonly test: Phase | undefined;
}

/**
 * Derives the graphs of a training.
 *
 * @throws PermafrostError INVALID_ARGUMENT when there is nothing to train.
 */
export function buildProgram(compiled: Compiled, options: ProgramOptions): BuiltProgram {
  const { targetShapes, testShapes, splitTrain, splitTest, seed } = options;
  // A batch of one is filled up to two.
  const largestBatch = Math.max(2, options.batchSize);
  const capacity = Math.max(largestBatch, options.testBatchSize ?? 0);
  if (compiled.trained.size === 0) throw nothingToTrain(compiled);
  const train = buildPhase(compiled, {
    mode: "train",
    targetShapes,
    splitPrefix: splitTrain,
    largestBatch,
    seed,
  });
  if (train.parameters.length === 0) throw nothingToTrain(compiled);
  const test =
    testShapes &&
    buildPhase(compiled, { mode: "infer", targetShapes: testShapes, splitPrefix: splitTest, seed });
  const program: TrainProgram = {
    train: train.program,
    test: test?.program,
    parameters: train.parameters,
    statistics: train.statistics,
    optimizer: optimizerConfig(compiled.optimizer),
    layout: batchLayout(capacity, test === undefined ? [train.program] : [train.program, test.program]),
    channelBlock: channelBlock(),
    threads: options.threads ?? availableParallelism(),
  };
  return { program, train, test };
}

function nothingToTrain({ model, trained }: Compiled): PermafrostError {
  const reason =
    trained.size === 0 ? "every layer is frozen" : "no trained weight reaches an output with a loss";
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${model.name}: there is nothing to train: ${reason}. Set trainable = true on a layer and call compile again.`,
  );
}
