import { PermafrostError } from "../../base/errors.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Parameter } from "../../layers/parameter.ts";
import type { Model } from "../../models/functional.ts";
import { operators } from "../../ops/index.ts";

/** A classifier's graph up to the score of a class that is chosen when it runs. */
export interface ScoreGraph {
  readonly builder: GraphBuilder;
  readonly picture: Value;
  /** Fed with 1 for the class and 0 for the others, [batch, classes]. */
  readonly choice: Value;
  /** What the last activation made into probabilities: [batch, classes]. */
  readonly logits: Value;
  /** The chosen logits of the batch, summed: float32 []. Samples do not meet in it, so each one's gradient is its own. */
  readonly score: Value;
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/**
 * A model in inference form with the score that gradients are taken of: the logit, before softmax or sigmoid, as Selvaraju et al. 2017
 * do; after it gradients vanish where the network is sure.
 *
 * @throws PermafrostError SHAPE_MISMATCH for a model without one picture in and one row out.
 */
export function scoreGraph(model: Model): ScoreGraph {
  const { builder, inputs, outputs, parameters } = model.toGraph({ mode: "infer" });
  const [picture, ...otherInputs] = inputs;
  const [output, ...otherOutputs] = outputs;
  const fits = picture?.type.shape.length === 4 && output?.type.shape.length === 2;
  if (!fits || otherInputs.length > 0 || otherOutputs.length > 0) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `${model.name}: expected one picture [batch, height, width, channels] in and one row [batch, classes] out, got ${inputs.length} inputs and ${outputs.length} outputs. Only classifiers of pictures can be explained.`,
    );
  }
  const logits = beforeActivation(output);
  const choice = builder.input("/choice", logits.type, { kind: "target" });
  const chosen = builder.apply(operators.mul, [logits, choice], {});
  const score = builder.apply(operators.reduceSum, [chosen], { axes: [0, 1] });
  return { builder, picture, choice, logits, score, parameters };
}

/** The value that the last softmax or sigmoid is of. */
function beforeActivation(output: Value): Value {
  if (output.source.kind !== "node") return output;
  const { op, inputs } = output.source.node;
  return op.name === "softmax" || op.name === "sigmoid" ? inputs[0]! : output;
}

/** What `choice` is fed for one picture. A single logit speaks for class 1, and its negative for class 0. */
export function choiceOf({ logits }: Pick<ScoreGraph, "logits">, label: number): Float32Array {
  const classes = Number(logits.type.shape[1]);
  if (classes === 1) return Float32Array.of(label === 1 ? 1 : -1);
  return Float32Array.from({ length: classes }, (_, index) => Number(index === label));
}
