import { gradients } from "../../autodiff/gradients.ts";
import { bindParameters } from "../../graph/bind.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Graph, Value } from "../../graph/graph.ts";
import type { Mode } from "../../layers/context.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { splitFrozen } from "../../models/cut.ts";
import { mixesBatch } from "../../models/frozenValues.ts";
import { graphBehindRow } from "../../models/row.ts";
import { operators } from "../../ops/index.ts";
import { foldNormalization } from "../../passes/foldNormalization.ts";
import { recomputeActivations } from "../../passes/recompute.ts";
import { simplifyGraph } from "../../passes/simplify.ts";
import { scalar } from "../../tensor/tensor.ts";
import type { Compiled } from "../compiled/compile.ts";
import { weightTensors } from "../features/inference.ts";
import type { PhaseProgram, Statistic, TrainedParameter } from "../thread/trainProgram.ts";
import { dataInput, phaseProgram } from "./phaseProgram.ts";
import { type ComparedOutput, compareOutputs, totalLoss, totalPenalty } from "./stepLoss.ts";

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
  /** One target's shape for each output of the compiled model, as `encodeTargets` gave it. */
  readonly targetShapes: readonly (readonly number[])[];
  /** Leave the frozen prefix out of the program. */
  readonly splitPrefix: boolean;
  /** The most samples of a step. Left out: not known. */
  readonly largestBatch?: number;
  /** Names the random streams of dropout. */
  readonly seed: number;
}

/** What the graph of a phase is made of, before it is cut. */
interface Parts {
  readonly forward: Graph;
  readonly whole: Graph;
  readonly outputs: readonly ComparedOutput[];
  /** What is differentiated. */
  readonly loss: Value;
  readonly penalty: Value | undefined;
  readonly count: Value;
  /** The trained weights that the loss depends on, by path. */
  readonly trained: ReadonlyMap<string, Value>;
  readonly gradients: ReadonlyMap<string, Value>;
  /** Next values of moving statistics, by path. */
  readonly updates: ReadonlyMap<string, Value>;
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/**
 * The graph of one phase: "train" has the loss (for each output the sum of weight * loss divided by the number of samples,
 * times its loss weight, plus penalties) and its gradients by the trained weights only, and the next values of moving
 * statistics; "infer" has predictions and each sample's losses.
 */
export function buildPhase(compiled: Compiled, options: PhaseOptions): Phase {
  const parts = buildParts(compiled, { ...options, fed: true });
  const isChanged = (path: string) => parts.trained.has(path) || compiled.statistics.has(path);
  const frozen = weightTensors(new Map([...parts.parameters].filter(([path]) => !isChanged(path))));
  const { prefix, behind } = splitPhase(compiled, parts, options.splitPrefix);
  const training = options.mode === "train";
  const simple = simplifyGraph(bindParameters(behind, frozen));
  const graph =
    training && compiled.checkpoint === "blocks"
      ? recomputeActivations(simple, new Set([...parts.gradients.values()].map(({ name }) => name)))
      : simple;
  return {
    program: phaseProgram(graph, {
      outputs: parts.outputs.map((output) => ({
        ...output,
        losses: asksForLosses(parts, training) ? output.losses : undefined,
      })),
      // In training the penalty is part of the loss.
      loss: training ? parts.loss : undefined,
      penalty: training ? undefined : parts.penalty,
      count: parts.count,
      seed: options.seed,
      mixesBatch: parts.forward.nodes.some(mixesBatch),
      largestBatch: options.largestBatch,
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

/** The graph of `evaluate`: predictions, each sample's losses and the penalties, all weights fixed. */
export interface EvaluationGraph {
  readonly graph: Graph;
  readonly x: string;
  /** In the order of `Compiled.outputs`. */
  readonly outputs: readonly ComparedOutput[];
  readonly penalty: string | undefined;
  /** What comes before x: from the model's input to the cut. Left out: x is the input. */
  readonly prefix: Graph | undefined;
}

export function evaluationGraph(
  compiled: Compiled,
  { targetShapes, splitPrefix }: Pick<PhaseOptions, "targetShapes" | "splitPrefix">,
): EvaluationGraph {
  const parts = buildParts(compiled, { mode: "infer", targetShapes, fed: false });
  const { prefix, behind } = splitPhase(compiled, parts, splitPrefix);
  const weights = weightTensors(parts.parameters);
  const graph = bindParameters(behind, weights);
  return {
    graph,
    x: dataInput(graph).name,
    outputs: parts.outputs,
    penalty: parts.penalty?.name,
    prefix: prefix && bindParameters(prefix, weights),
  };
}

/** A phase's graph behind its frozen prefix, which is left out where there is none or it is not wanted. */
function splitPhase(
  compiled: Compiled,
  { forward, whole, trained }: Parts,
  splitPrefix: boolean,
): { readonly prefix: Graph | undefined; readonly behind: Graph } {
  if (!splitPrefix) return { prefix: undefined, behind: whole };
  const isChanged = (path: string) => trained.has(path) || compiled.statistics.has(path);
  const { prefix, cut } = splitFrozen(forward, isChanged);
  return { prefix, behind: prefix === undefined ? whole : graphBehindRow(whole, cut) };
}

/** @param fed - Whether trained weights are fed anew in every step. */
function buildParts(
  compiled: Compiled,
  { mode, targetShapes, fed }: Pick<PhaseOptions, "mode" | "targetShapes"> & { readonly fed: boolean },
): Parts {
  // `prepareFit` applies the random layers at the front to what it feeds.
  const model = compiled.model.toGraph({ mode, fedDrawn: true, joined: true });
  const { builder: g, parameters } = model;
  const isTrained = (path: string) => fed && compiled.trained.has(path);
  const results = foldNormalization(g, [...model.outputs, ...model.updates.values()], isTrained);
  const changes = results.slice(model.outputs.length);
  const updates = new Map([...model.updates.keys()].map((path, index) => [path, changes[index]!]));
  const outputs = compareOutputs(g, compiled, results.slice(0, model.outputs.length), targetShapes);
  const predictions = outputs.map(({ prediction }) => prediction);
  const forward = g.build(predictions);
  const count = g.input("sample_count", { dtype: "float32", shape: [] }, { kind: "target" });
  const penalty = totalPenalty(g, trainedInputs(forward, compiled), compiled.trained);
  const loss = g.scope("loss", () => totalLoss(g, outputs, count, penalty));
  const trained = trainedInputs(g.build([loss]), compiled);
  const common = { forward, outputs, loss, penalty, count, trained, parameters };
  const training = mode === "train";
  const gradients = training ? gradientsByPath(g, loss, trained) : new Map<string, Value>();
  const losses = asksForLosses({ outputs }, training) ? outputs.flatMap((one) => one.losses ?? []) : [];
  const wanted = training
    ? [loss, ...predictions, ...losses, ...gradients.values(), ...updates.values()]
    : [...predictions, ...losses, ...(penalty === undefined ? [] : [penalty])];
  const whole = g.build(wanted);
  return { ...common, whole, gradients, updates: training ? updates : new Map() };
}

/** Training on a single loss, its sum is all that is reported. */
function asksForLosses({ outputs }: Pick<Parts, "outputs">, training: boolean): boolean {
  return !training || outputs.filter(({ losses }) => losses !== undefined).length > 1;
}

function trainedInputs(graph: Graph, { trained }: Compiled): ReadonlyMap<string, Value> {
  const byPath = new Map<string, Value>();
  for (const input of graph.inputs) {
    const { source } = input;
    if (source.kind !== "input" || source.role.kind !== "parameter") continue;
    if (trained.has(source.role.parameter)) byPath.set(source.role.parameter, input);
  }
  return byPath;
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
