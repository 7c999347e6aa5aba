import { PermafrostError } from "../../base/errors.ts";
import { Random } from "../../base/random.ts";
import { channelBlock } from "../../engine/numerics.ts";
import type { Graph, Value } from "../../graph/graph.ts";
import { encodeProgram } from "../../onnx/encodeProgram.ts";
import type { DrawnInput, PhaseOutput, PhaseProgram } from "../thread/trainProgram.ts";

/** What the values of a phase's graph stand for. */
export interface PhaseRoles {
  readonly outputs: readonly OutputRoles[];
  readonly loss: Value | undefined;
  readonly penalty: Value | undefined;
  readonly count: Value;
  /** Names the random streams of dropout and noise. */
  readonly seed: number;
  readonly mixesBatch: boolean;
  readonly largestBatch: number | undefined;
}

/** What values stand for one output. */
export interface OutputRoles {
  readonly prediction: Value;
  readonly target: Value;
  readonly weights: Value;
  /** One loss a sample, where it is asked for. */
  readonly losses: Value | undefined;
  readonly targetShape: readonly number[];
}

/** Writes a phase's graph down as the training thread wants it. Values are found again by their names. */
export function phaseProgram(
  graph: Graph,
  { outputs, loss, penalty, count, seed, mixesBatch, largestBatch }: PhaseRoles,
): PhaseProgram {
  const x = dataInput(graph);
  return {
    model: encodeProgram(graph, { sentinel: true, channelBlock: channelBlock(), largestBatch }),
    x: x.name,
    xShape: sampleShape(x),
    outputs: outputs.map((output) => phaseOutput(graph, output)),
    ...nameIfUsed(graph, "count", count),
    ...(loss === undefined ? {} : { loss: loss.name }),
    ...(penalty === undefined ? {} : { penalty: penalty.name }),
    parameters: parameterInputs(graph),
    drawn: drawnInputs(graph, seed),
    mixesBatch,
  };
}

function phaseOutput(
  graph: Graph,
  { prediction, target, weights, losses, targetShape }: OutputRoles,
): PhaseOutput {
  return {
    ...nameIfUsed(graph, "target", target),
    ...nameIfUsed(graph, "weights", weights),
    prediction: prediction.name,
    ...(losses === undefined ? {} : { losses: losses.name }),
    targetShape,
    predictionShape: sampleShape(prediction),
  };
}

function nameIfUsed<Key extends string>(
  graph: Graph,
  key: Key,
  { name }: Value,
): { readonly [key in Key]?: string } {
  const used = graph.inputs.some((input) => input.name === name);
  return used ? ({ [key]: name } as { readonly [key in Key]: string }) : {};
}

/** The samples' input of a graph. */
export function dataInput(graph: Graph): Value {
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
    return [{ name, shape: type.shape, draw, key: new Random(draw.seed ?? seed, draw.kind, draw.layer).key }];
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
