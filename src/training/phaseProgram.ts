import { PermafrostError } from "../base/errors.ts";
import { Random } from "../base/random.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { encodeModel } from "../onnx/encode.ts";
import type { DrawnInput, PhaseProgram } from "./trainProgram.ts";

/** What the values of a phase's graph stand for. */
export interface PhaseRoles {
  readonly prediction: Value;
  readonly loss: Value;
  readonly penalty: Value | undefined;
  readonly target: Value;
  readonly weights: Value;
  readonly count: Value;
  readonly targetShape: readonly number[];
  /** Names the random streams of dropout and noise. */
  readonly seed: number;
  readonly mixesBatch: boolean;
}

/** Writes a phase's graph down as the training thread wants it. Values are found again by their names. */
export function phaseProgram(graph: Graph, parts: PhaseRoles): PhaseProgram {
  const used = new Set(graph.inputs.map((input) => input.name));
  const x = dataInput(graph);
  const nameIfUsed = <Key extends string>(key: Key, { name }: Value) =>
    used.has(name) ? { [key]: name } : {};
  const { penalty, targetShape } = parts;
  return {
    model: encodeModel(graph, { sentinel: true }),
    inputs: {
      x: x.name,
      ...nameIfUsed("target", parts.target),
      ...nameIfUsed("weights", parts.weights),
      ...nameIfUsed("count", parts.count),
    },
    outputs: {
      prediction: parts.prediction.name,
      loss: parts.loss.name,
      ...(penalty === undefined ? {} : { penalty: penalty.name }),
    },
    xShape: sampleShape(x),
    targetShape,
    predictionShape: sampleShape(parts.prediction),
    parameters: parameterInputs(graph),
    drawn: drawnInputs(graph, parts.seed),
    mixesBatch: parts.mixesBatch,
  };
}

function dataInput(graph: Graph): Value {
  const data = graph.inputs.filter(({ source }) => source.kind === "input" && source.role.kind === "data");
  if (data.length === 1) return data[0]!;
  throw new PermafrostError(
    "GRAPH_INVALID",
    `training: expected one data input, got ${data.map(({ name }) => name).join(", ") || "none"}: the loss must depend on the model's input.`,
  );
}

function parameterInputs(graph: Graph): PhaseProgram["parameters"] {
  return graph.inputs.flatMap(({ name, source }) =>
    source.kind === "input" && source.role.kind === "parameter"
      ? [{ path: source.role.parameter, input: name }]
      : [],
  );
}

function drawnInputs(graph: Graph, seed: number): readonly DrawnInput[] {
  return graph.inputs.flatMap(({ name, type, source }) => {
    if (source.kind !== "input" || source.role.kind !== "random") return [];
    const { draw } = source.role;
    return [{ name, shape: type.shape, draw, key: new Random(seed, draw.kind, draw.layer).key }];
  });
}

/** A value's shape without the batch. */
function sampleShape(value: Value): readonly number[] {
  const [batch, ...shape] = value.type.shape;
  if (batch === "batch" && shape.every((size) => typeof size === "number")) return shape.map(Number);
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `training: expected ${value.name} to have the batch as its first axis and known sizes else.`,
  );
}
