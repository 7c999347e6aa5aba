import { totalmem } from "node:os";
import { PermafrostError } from "../../base/errors.ts";
import type { Graph, Value } from "../../graph/graph.ts";
import { resolveOptimizer } from "../../optimizers/index.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { Compiled } from "../compiled/compile.ts";
import { prefixBatch } from "../features/frozenFeatures.ts";
import { type BuiltProgram, buildProgram } from "./buildProgram.ts";
import { bytesOf, peakBytes } from "./peakBytes.ts";

/**
 * What training needs, in bytes: what the process takes at its peak, estimated. `bench/endToEnd.js` holds it against measured peaks.
 */
export interface TrainingMemory {
  /** Whatever the batch: the process itself, weights (wherever they are), gradients, the optimizer's slots. */
  readonly fixed: number;
  /** The most that is alive at once of a step's values: activations kept for the gradients, and the batches under way. */
  readonly activations: number;
  /** Before the first step: the frozen part in the engine's workers; 0 without one. Where its features are stored it is not needed. */
  readonly prefix: number;
  /** The larger of the two: the training step, or the frozen part before it. */
  readonly total: number;
}

/** Node, this program and ONNX Runtime around a network of a few weights, as measured. */
const processBytes = 115 * 2 ** 20;

/**
 * Copies of a trained weight besides the optimizer's slots: in the model, in the training thread, its gradient, and one on its way
 * between the threads.
 */
const weightCopies = 4;

/** What the engine's memory takes for a byte that is alive: freed places are not always of the size that is wanted next. */
const engineRoom = 1.1;

/** Batches that are gathered, computed and measured at once. */
const batchesUnderWay = 3;

/**
 * Estimates the memory of training before it begins.
 *
 * @param batchSize - Samples of a step.
 * @param oncePerSample - As in `fit`: false runs the frozen part in every step.
 * @throws PermafrostError as `fit` does when there is nothing to train.
 */
export function estimateTrainingMemory(
  compiled: Compiled,
  batchSize: number,
  oncePerSample = true,
): TrainingMemory {
  const targetShapes = compiled.outputs.map(({ loss, shape }) =>
    loss?.targets === "classNumbers" ? [] : shape,
  );
  const built = buildProgram(compiled, {
    batchSize,
    targetShapes,
    splitTrain: oncePerSample,
    splitTest: oncePerSample,
    seed: 0,
  });
  return memoryOf(built, batchSize);
}

/** @throws PermafrostError INVALID_ARGUMENT when a step cannot fit, with the batch size that would. */
export function expectMemory(built: BuiltProgram, batchSize: number, limit = memoryLimit()): void {
  const needed = stepBytes(built, batchSize);
  if (needed <= limit) return;
  const fitting = largestBatch(built, batchSize, limit);
  const advice =
    fitting === 0
      ? "Not even a batchSize of 1 would fit: freeze more layers, or take smaller inputs or a smaller base."
      : `A batchSize of ${fitting} would fit (about ${gigabytes(stepBytes(built, fitting))}); freezing more layers helps as well.`;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `batchSize ${batchSize}: a training step needs about ${gigabytes(needed)} of memory, there are ${gigabytes(limit)}. ${advice}`,
    { details: { needed, limit, fitting } },
  );
}

/** The machine's memory, or less where a container has a limit. */
function memoryLimit(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}

function memoryOf({ train, program }: BuiltProgram, batchSize: number): TrainingMemory {
  const floats = train.parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const slots = Object.keys(resolveOptimizer(program.optimizer).slots).length;
  const frozen = train.prefix === undefined ? 0 : constantBytes(train.prefix);
  // The graph's constants in the model, in the graph's bytes and in the engine.
  const fixed = processBytes + 4 * floats * (weightCopies + slots) + 3 * constantBytes(train.graph) + frozen;
  const { x, outputs } = program.layout;
  const row = outputs.reduce((sum, { target, prediction }) => sum + target + prediction + 2, x);
  const activations = 4 * row * batchSize * batchesUnderWay + engineRoom * peakBytes(train.graph, batchSize);
  const prefix = train.prefix === undefined ? 0 : prefixBytes(train.prefix, program.threads);
  return { fixed, activations, prefix, total: Math.max(fixed + activations, processBytes + prefix) };
}

/** The frozen part in every worker: its weights in the model, in the graph's bytes and in each session; values of a batch. */
function prefixBytes(prefix: Graph, workers: number): number {
  const weights = constantBytes(prefix);
  return weights * (2 + workers) + workers * engineRoom * peakBytes(prefix, prefixBatch);
}

/** What the batch size decides about: the frozen part runs before, in batches of its own. */
function stepBytes(built: BuiltProgram, batchSize: number): number {
  const { fixed, activations } = memoryOf(built, batchSize);
  return fixed + activations;
}

/** By halving: memory grows with the batch. 0 if none fits. */
function largestBatch(built: BuiltProgram, tooLarge: number, limit: number): number {
  let [fits, fails] = [0, tooLarge];
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2);
    if (stepBytes(built, middle) <= limit) fits = middle;
    else fails = middle;
  }
  return fits;
}

function constantBytes(graph: Graph): number {
  const constants = new Set<Value>();
  for (const { inputs } of graph.nodes) {
    for (const input of inputs) if (input.source.kind === "constant") constants.add(input);
  }
  return [...constants].reduce((sum, value) => sum + bytesOf(value, 1), 0);
}

function gigabytes(bytes: number): string {
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
