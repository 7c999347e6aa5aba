import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { regularizationPenalty } from "../../layers/regularizers.ts";
import { reduceLosses } from "../../losses/reduction.ts";
import { operators } from "../../ops/index.ts";
import { scalar } from "../../tensor/tensor.ts";
import type { Compiled } from "../compiled/compile.ts";
import type { CompiledOutput } from "../compiled/compiledOutputs.ts";

/** An output beside what it is compared with. */
export interface ComparedOutput {
  readonly output: CompiledOutput;
  readonly prediction: Value;
  readonly target: Value;
  readonly weights: Value;
  /** One loss a sample, without weights; undefined for an output that is only measured. */
  readonly losses: Value | undefined;
  readonly targetShape: readonly number[];
}

/**
 * Compares the outputs of a model with targets.
 *
 * @param predictions - All outputs of the model.
 * @param targetShapes - One target's shape for each output of `compiled`, as `encodeTargets` gave it.
 */
export function compareOutputs(
  g: GraphBuilder,
  { model, outputs }: Compiled,
  predictions: readonly Value[],
  targetShapes: readonly (readonly number[])[],
): readonly ComparedOutput[] {
  const only = model.outputs.length === 1;
  return outputs.map((output, place): ComparedOutput => {
    const prediction = predictions[output.index]!;
    const targetShape = targetShapes[place]!;
    const behind = (name: string) => (only ? name : `${name}/${output.name}`);
    const input = (name: string, shape: readonly number[]) =>
      g.input(behind(name), { dtype: "float32", shape: ["batch", ...shape] }, { kind: "target" });
    const target = input("target", targetShape);
    const losses =
      output.loss && g.scope(behind("loss"), () => output.loss!.perSample(g, prediction, target));
    return { output, prediction, target, weights: input("sample_weight", []), losses, targetShape };
  });
}

/** The sum over the outputs of loss weight times reduced loss, plus the penalties: what is differentiated. */
export function totalLoss(
  g: GraphBuilder,
  outputs: readonly ComparedOutput[],
  count: Value,
  penalty: Value | undefined,
): Value {
  const terms = outputs.flatMap(({ output, losses, weights, target }) => {
    if (losses === undefined) return [];
    const mean = reduceLosses(g, output.loss!, { losses, weights, target, count });
    if (output.lossWeight === 1) return [mean];
    return [g.apply(operators.mul, [mean, g.constant(scalar(output.lossWeight), "loss_weight")], {})];
  });
  return sumOf(g, penalty === undefined ? terms : [...terms, penalty])!;
}

/**
 * The sum of the regularizers' penalties, if there are any.
 *
 * @param weights - Trained weights by path, with the parameters they stand for.
 */
export function totalPenalty(
  g: GraphBuilder,
  weights: ReadonlyMap<string, Value>,
  trained: ReadonlyMap<string, Parameter>,
): Value | undefined {
  const terms = [...weights].flatMap(([path, weight]) => {
    const regularizer = trained.get(path)?.regularizer;
    if (regularizer === undefined) return [];
    return [g.scope("penalty", () => regularizationPenalty(g, weight, regularizer))];
  });
  return sumOf(g, terms);
}

function sumOf(g: GraphBuilder, terms: readonly Value[]): Value | undefined {
  const [first, ...rest] = terms;
  return first && rest.reduce((sum, term) => g.apply(operators.add, [sum, term], {}), first);
}
