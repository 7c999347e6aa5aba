import { totalmem } from "node:os";
import { PermafrostError } from "../../base/errors.ts";
import type { Graph, Value } from "../../graph/graph.ts";
import { resolveOptimizer } from "../../optimizers/index.ts";
import { elementsPerSample } from "../../tensor/shape.ts";
import { bytesPerElement, sizeOf } from "../../tensor/tensor.ts";
import type { Compiled } from "../compiled/compile.ts";
import { type BuiltProgram, buildProgram } from "./buildProgram.ts";

/** What a training step needs, in bytes. An estimate: the engine may round up and keep freed memory. */
export interface TrainingMemory {
  /** Whatever the batch: weights (in the model, the graph and the thread), gradients, the optimizer's slots. */
  readonly fixed: number;
  /** The most that is alive at once of a step's values: activations kept for the gradients, and the batches under way. */
  readonly activations: number;
  readonly total: number;
}

/** Batches that are gathered, computed and measured at once. */
const batchesUnderWay = 3;

/**
 * Estimates the memory of training before it begins.
 *
 * @param batchSize - Samples of a step.
 * @throws PermafrostError as `fit` does when there is nothing to train.
 */
export function estimateTrainingMemory(compiled: Compiled, batchSize: number): TrainingMemory {
  const targetShapes = compiled.outputs.map(({ loss, shape }) =>
    loss?.targets === "classNumbers" ? [] : shape,
  );
  const built = buildProgram(compiled, {
    capacity: batchSize,
    targetShapes,
    splitTrain: true,
    splitTest: true,
    seed: 0,
  });
  return memoryOf(built, batchSize);
}

/** @throws PermafrostError INVALID_ARGUMENT when a step cannot fit, with the batch size that would. */
export function expectMemory(built: BuiltProgram, batchSize: number, limit = memoryLimit()): void {
  const { total } = memoryOf(built, batchSize);
  if (total <= limit) return;
  const fitting = largestBatch(built, batchSize, limit);
  const advice =
    fitting === 0
      ? "Not even a batchSize of 1 would fit: freeze more layers, or take smaller inputs or a smaller base."
      : `A batchSize of ${fitting} would fit (about ${gigabytes(memoryOf(built, fitting).total)}); freezing more layers helps as well.`;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `batchSize ${batchSize}: a training step needs about ${gigabytes(total)} of memory, there are ${gigabytes(limit)}. ${advice}`,
    { details: { needed: total, limit, fitting } },
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
  // In the model and in the thread; the graph's constants in the model, in the graph's bytes and in the engine.
  const fixed = 4 * floats * (3 + slots) + 3 * constantBytes(train.graph);
  const { x, outputs } = program.layout;
  const row = outputs.reduce((sum, { target, prediction }) => sum + target + prediction + 2, x);
  const activations = 4 * row * batchSize * batchesUnderWay + peakBytes(train.graph, batchSize);
  return { fixed, activations, total: fixed + activations };
}

/** By halving: memory grows with the batch. 0 if none fits. */
function largestBatch(built: BuiltProgram, tooLarge: number, limit: number): number {
  let [fits, fails] = [0, tooLarge];
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2);
    if (memoryOf(built, middle).total <= limit) fits = middle;
    else fails = middle;
  }
  return fits;
}

/** The most bytes of results that are alive at once when the nodes run in their order and each is freed after its last use. */
function peakBytes(graph: Graph, batchSize: number): number {
  const uses = new Map<Value, number>();
  const count = (value: Value, by: number) => uses.set(value, (uses.get(value) ?? 0) + by);
  for (const node of graph.nodes) for (const input of node.inputs) count(input, 1);
  for (const output of graph.outputs) count(output, 1);
  let alive = 0;
  let peak = 0;
  for (const { inputs, outputs } of graph.nodes) {
    for (const output of outputs) if (uses.has(output)) alive += bytesOf(output, batchSize);
    peak = Math.max(peak, alive);
    for (const input of inputs) {
      count(input, -1);
      if (uses.get(input) === 0 && input.source.kind === "node") alive -= bytesOf(input, batchSize);
    }
  }
  return peak;
}

function bytesOf({ type: { shape, dtype } }: Value, batchSize: number): number {
  return bytesPerElement[dtype] * elementsPerSample(shape) * (shape.includes("batch") ? batchSize : 1);
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
