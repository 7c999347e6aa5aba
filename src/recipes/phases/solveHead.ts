import { PermafrostError } from "../../base/errors.ts";
import { type LinearForm, standardizer } from "../../heads/featureMatrix.ts";
import { weightsDigest } from "../../models/weights.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";
import type { Compiled } from "../../training/compiled/compile.ts";
import { FrozenWatch } from "../../training/compiled/frozenWeights.ts";
import type { solverOf } from "../classifier/solvedHeads.ts";
import { predictionsName } from "../classifier/taskTraining.ts";
import { pooledRows } from "../features/pooledRows.ts";
import type { TrainingHooks } from "../request/training.ts";
import { phaseStart } from "./fitPhase.ts";
import { type FitData, type HeadTraining, labelsOf, samplesOf, type TrainedHead } from "./headTraining.ts";

/**
 * Solves for the head on the features of the training images, and gives its dense layer the weights that come out.
 *
 * @throws PermafrostError INVALID_ARGUMENT where images have weights, DATA_EMPTY without any to train on.
 */
export async function solveHead(
  training: HeadTraining,
  { features, cut, ...data }: FitData,
  compiled: Compiled,
  solve: NonNullable<ReturnType<typeof solverOf>>,
  hooks: TrainingHooks,
): Promise<Pick<TrainedHead, "history" | "record">> {
  const { base, model, request } = training;
  const train = samplesOf(data, "train");
  if (train.some(({ weight }) => weight !== 1)) throw weighted(request.head);
  // No step has a rate.
  const start = { ...phaseStart(training, compiled, cut), learningRate: 0 };
  hooks.onPhase?.(start);
  const frozenWatch = new FrozenWatch(compiled);
  const before = weightsDigest(base);
  const rows = await pooledRows(features.of(train));
  const { linear } = solve(standardizer(rows)(rows), labelsOf(train), data.dataset.classNames.length);
  const layer = model.layers.find(({ name }) => name === predictionsName);
  if (linear === undefined || layer === undefined)
    throw new PermafrostError("INTERNAL", "internal: a solved head that is no dense layer.");
  layer.setWeights(denseWeights(linear, rows.columns));
  return {
    history: { history: {}, epoch: [] },
    record: { ...start, frozen: frozenWatch.check(), base: { before, after: weightsDigest(base) } },
  };
}

/** Kernel and bias of Keras's Dense: columns by classes, which the linear form has the other way round. */
function denseWeights({ weights, biases }: LinearForm, columns: number): readonly Tensor<"float32">[] {
  const classes = biases.length;
  const kernel = Float32Array.from(weights, (_, at) => {
    return weights[(at % classes) * columns + Math.floor(at / classes)]!;
  });
  return [float32([columns, classes], kernel), float32([classes], Float32Array.from(biases))];
}

function weighted(head: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `--head ${head}: expected images that all count the same, got some with a weight of their own. Take --head linear, or leave the weights out.`,
  );
}
