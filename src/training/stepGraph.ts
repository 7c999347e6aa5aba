import { gradients } from "../autodiff/gradients.ts";
import { bindParameters } from "../graph/bind.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Graph, Value } from "../graph/graph.ts";
import type { Mode } from "../layers/context.ts";
import type { Parameter } from "../layers/parameter.ts";
import { regularizationPenalty } from "../layers/regularizers.ts";
import { reduceLosses } from "../losses/index.ts";
import { splitFrozen } from "../models/cut.ts";
import { mixesBatch } from "../models/frozenValues.ts";
import { graphBehindRow } from "../models/row.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import type { Compiled } from "./compile.ts";
import { weightTensors } from "./inference.ts";
import { phaseProgram } from "./phaseProgram.ts";
import type { PhaseProgram, Statistic, TrainedParameter } from "./trainProgram.ts";

/** One form of a model, ready to be run step by step. */
export interface Phase {
  readonly program: PhaseProgram;
  /** What comes before the program's x and never changes: from the model's input to the cut. Left out: x is the input. */
  readonly prefix: Graph | undefined;
  /** Training: the weights and the names of their gradients. */
  readonly parameters: readonly TrainedParameter[];
  /** Training: the weights that steps change without a gradient. */
  readonly statistics: readonly Statistic[];
  /** The graph of the program, for printing. */
  readonly graph: Graph;
}

export interface PhaseOptions {
  readonly mode: Mode;
  /** One target's shape, as `encodeTargets` gave it. */
  readonly targetShape: readonly number[];
  /** Leave the frozen prefix out of the program. */
  readonly splitPrefix: boolean;
  /** Names the random streams of dropout. */
  readonly seed: number;
}

/** What the graph of a phase is made of, before it is cut. */
interface Parts {
  readonly forward: Graph;
  readonly whole: Graph;
  readonly x: Value;
  readonly prediction: Value;
  readonly loss: Value;
  readonly penalty: Value | undefined;
  readonly target: Value;
  readonly weights: Value;
  readonly count: Value;
  readonly gradients: ReadonlyMap<string, Value>;
  /** Next values of moving statistics, by path. */
  readonly updates: ReadonlyMap<string, Value>;
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/**
 * The graph of one phase: "train" has the loss sum(weight * loss) / count plus penalties and its gradients by the
 * trained weights only, and the next values of moving statistics; "infer" has predictions and each sample's loss.
 */
export function buildPhase(compiled: Compiled, options: PhaseOptions): Phase {
  const parts = buildParts(compiled, options);
  const isChanged = (path: string) => compiled.trained.has(path) || compiled.statistics.has(path);
  const frozen = weightTensors(new Map([...parts.parameters].filter(([path]) => !isChanged(path))));
  const split = options.splitPrefix ? splitFrozen(parts.forward, isChanged) : undefined;
  const prefix = split?.prefix;
  const whole = split?.prefix === undefined ? parts.whole : graphBehindRow(parts.whole, split.cut);
  const graph = bindParameters(whole, frozen);
  return {
    program: phaseProgram(graph, {
      ...parts,
      // In training the penalty is part of the loss.
      penalty: options.mode === "infer" ? parts.penalty : undefined,
      targetShape: options.targetShape,
      seed: options.seed,
      mixesBatch: parts.forward.nodes.some(mixesBatch),
    }),
    prefix: prefix && bindParameters(prefix, frozen),
    parameters: [...parts.gradients].map(([path, gradient]) => ({
      path,
      shape: compiled.trained.get(path)!.engineShape,
      gradient: gradient.name,
      rate: compiled.rates.get(path)!,
      constraint: compiled.trained.get(path)!.constraint,
    })),
    statistics: [...parts.updates].map(([path, next]) => ({
      path,
      shape: next.type.shape.map(Number),
      next: next.name,
    })),
    graph,
  };
}

/** The graph of `evaluate`: predictions, each sample's loss and the penalties, all weights fixed. */
export interface EvaluationGraph {
  readonly graph: Graph;
  readonly x: string;
  readonly target: string;
  readonly prediction: string;
  readonly loss: string;
  readonly penalty: string | undefined;
}

/** @param targetShape - One target's shape, as `encodeTargets` gave it. */
export function evaluationGraph(compiled: Compiled, targetShape: readonly number[]): EvaluationGraph {
  const parts = buildParts(compiled, { mode: "infer", targetShape });
  return {
    graph: bindParameters(parts.whole, weightTensors(parts.parameters)),
    x: parts.x.name,
    target: parts.target.name,
    prediction: parts.prediction.name,
    loss: parts.loss.name,
    penalty: parts.penalty?.name,
  };
}

function buildParts(
  compiled: Compiled,
  { mode, targetShape }: Pick<PhaseOptions, "mode" | "targetShape">,
): Parts {
  // `prepareFit` applies the random layers at the front to what it feeds.
  const {
    builder: g,
    inputs,
    outputs,
    parameters,
    updates,
  } = compiled.model.toGraph({ mode, fedDrawn: true });
  const prediction = outputs[0]!;
  const forward = g.build([prediction]);
  const target = g.input(
    "target",
    { dtype: "float32", shape: ["batch", ...targetShape] },
    { kind: "target" },
  );
  const weights = g.input("sample_weight", { dtype: "float32", shape: ["batch"] }, { kind: "target" });
  const count = g.input("sample_count", { dtype: "float32", shape: [] }, { kind: "target" });
  const trained = trainedInputs(forward, compiled);
  const penalty = penaltyOf(g, trained, compiled);
  const perSample = g.scope("loss", () => compiled.loss.perSample(g, prediction, target));
  const common = { forward, x: inputs[0]!, prediction, target, weights, count, parameters };
  if (mode === "infer") {
    const whole = g.build([prediction, perSample, ...(penalty === undefined ? [] : [penalty])]);
    return { ...common, whole, loss: perSample, penalty, gradients: new Map(), updates: new Map() };
  }
  const loss = g.scope("loss", () => {
    const reduced = reduceLosses(g, compiled.loss.reduction, perSample, weights, count);
    return penalty === undefined ? reduced : g.apply(operators.add, [reduced, penalty], {});
  });
  const byPath = gradientsByPath(g, loss, trained);
  const whole = g.build([loss, prediction, ...byPath.values(), ...updates.values()]);
  return { ...common, whole, loss, penalty, gradients: byPath, updates };
}

function trainedInputs(forward: Graph, { trained }: Compiled): ReadonlyMap<string, Value> {
  const byPath = new Map<string, Value>();
  for (const input of forward.inputs) {
    const { source } = input;
    if (source.kind !== "input" || source.role.kind !== "parameter") continue;
    if (trained.has(source.role.parameter)) byPath.set(source.role.parameter, input);
  }
  return byPath;
}

function penaltyOf(
  g: GraphBuilder,
  trained: ReadonlyMap<string, Value>,
  compiled: Compiled,
): Value | undefined {
  const terms: Value[] = [];
  for (const [path, weight] of trained) {
    const regularizer = compiled.trained.get(path)?.regularizer;
    if (regularizer !== undefined)
      terms.push(g.scope("penalty", () => regularizationPenalty(g, weight, regularizer)));
  }
  return terms.length === 0
    ? undefined
    : terms.reduce((sum, term) => g.apply(operators.add, [sum, term], {}));
}

/** Each gradient a value of its own: two weights that are added have the same one, but not the same memory. */
function gradientsByPath(
  g: GraphBuilder,
  loss: Value,
  trained: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const seen = new Set<Value>();
  const values = gradients(g, loss, [...trained.values()]);
  return new Map(
    [...trained.keys()].map((path, index) => {
      const value = values[index]!;
      const own =
        seen.has(value) || value.source.kind !== "node"
          ? g.apply(operators.mul, [value, g.constant(scalar(1), "one")], {})
          : value;
      seen.add(value);
      return [path, own];
    }),
  );
}
