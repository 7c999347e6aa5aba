import type { TargetTask } from "../../data/dataset.ts";
import type { FeatureMatrix, SolvedHead } from "../../heads/featureMatrix.ts";
import { logisticRegression } from "../../heads/logisticRegression.ts";
import { nearestMean } from "../../heads/nearestMean.ts";
import { ridge } from "../../heads/ridge.ts";
import { dense } from "../../layers/dense.ts";
import type { Layer } from "../../layers/layer.ts";
import { headLayers, linearHeadL2 } from "./headLayers.ts";
import { predictionsName } from "./taskTraining.ts";

/** Ridge's penalty as a share of the number of training images; features have variance 1. */
const ridgeShare = 0.1;

type Solve = (train: FeatureMatrix, labels: Float32Array, classes: number) => SolvedHead;

/**
 * Heads that are solved for on standardised features in place of being trained step by step. What comes out is one dense layer with
 * softmax.
 */
const solvers: Readonly<Record<string, Solve>> = {
  // With the linear head's penalty. The head's loss is a mean plus L2 of all kernels; two of them that differ count half of their
  // difference.
  logistic: (train, labels, classes) =>
    logisticRegression(train, labels, classes, {
      c: 1 / ((classes === 2 ? 1 : 2) * linearHeadL2 * train.rows),
    }),
  ridge: (train, labels, classes) => ridge(train, labels, classes, { alpha: ridgeShare * train.rows }),
  "nearest-mean": nearestMean,
};

export const solvedHeadNames: readonly string[] = Object.keys(solvers);

/** How a head is solved for; undefined for one that is trained. */
export function solverOf(head: string): Solve | undefined {
  return Object.hasOwn(solvers, head) ? solvers[head] : undefined;
}

/** The layers of a head by its name, or its short form; see `headLayers`. */
export function layersOfHead(head: string, outputs: number, task?: TargetTask): readonly Layer[] {
  if (solverOf(head) === undefined) return headLayers(head, outputs, task);
  return [
    dense({ units: outputs, activation: "softmax", kernelInitializer: "zeros", name: predictionsName }),
  ];
}
