import { PermafrostError } from "../../base/errors.ts";
import type { Graph, Node, Value } from "../../graph/graph.ts";
import type { AttributesOf, OperatorName } from "../../ops/index.ts";
import { showType } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { Array64, Evaluate, EvaluateAll } from "./array.ts";
import * as broadcast from "./broadcast.ts";
import * as convolution from "./convolution.ts";
import * as convolutionGradient from "./convolutionGradient.ts";
import * as elementwise from "./elementwise.ts";
import * as indexing from "./indexing.ts";
import * as linalg from "./linalg.ts";
import * as movement from "./movement.ts";
import * as normalization from "./normalization.ts";
import * as ordering from "./ordering.ts";
import * as pooling from "./pooling.ts";
import * as poolingGradient from "./poolingGradient.ts";
import * as reduction from "./reduction.ts";
import * as resize from "./resize.ts";
import * as softmax from "./softmax.ts";
import * as standardize from "./standardize.ts";

/** The exact form of every operator; one that is missing does not compile. */
const references: {
  readonly [Name in OperatorName]: Evaluate<AttributesOf<Name>> | EvaluateAll<AttributesOf<Name>>;
} = {
  ...elementwise,
  ...linalg,
  ...reduction,
  ...movement,
  ...broadcast,
  ...softmax,
  ...convolution,
  ...convolutionGradient,
  ...pooling,
  ...poolingGradient,
  ...normalization,
  ...indexing,
  ...resize,
  ...standardize,
  ...ordering,
};

/**
 * Runs a graph in plain float64 loops: slow, simple and exact. The gradient rules and the ONNX forms are checked against it.
 *
 * @param feeds - A tensor for each input, by the input's name.
 * @returns The outputs in the order of `graph.outputs`.
 * @throws PermafrostError FEEDS_MISMATCH if an input is not fed or has another shape than the graph says.
 */
export function interpret(graph: Graph, feeds: ReadonlyMap<string, Tensor>): readonly Array64[] {
  const values = new Map<Value, Array64>();
  const computed = (value: Value): Array64 => {
    const found = values.get(value);
    if (found !== undefined) return found;
    if (value.source.kind === "constant") {
      const constant = toArray64(value.source.tensor);
      values.set(value, constant);
      return constant;
    }
    throw new PermafrostError("GRAPH_INVALID", `value ${value.name} is used before it is computed.`);
  };
  for (const input of graph.inputs) values.set(input, toArray64(fed(input, feeds)));
  for (const node of graph.nodes) {
    const results = evaluate(node, node.inputs.map(computed));
    for (const [index, output] of node.outputs.entries()) values.set(output, results[index]!);
  }
  return graph.outputs.map(computed);
}

function evaluate(node: Node, inputs: readonly Array64[]): readonly Array64[] {
  // Nodes forget their attributes' type; the table is typed by operator, so the name finds the right function.
  type Reference = Evaluate<unknown> | EvaluateAll<unknown> | undefined;
  const reference = references[node.op.name as OperatorName] as Reference;
  const results = reference?.(inputs, node.attributes);
  if (results !== undefined) return "data" in results ? [results] : results;
  throw new PermafrostError("GRAPH_INVALID", `the reference interpreter has no operator ${node.op.name}.`);
}

function fed(input: Value, feeds: ReadonlyMap<string, Tensor>): Tensor {
  const tensor = feeds.get(input.name);
  const fits =
    tensor?.shape.length === input.type.shape.length &&
    input.type.shape.every((size, axis) => size === "batch" || size === tensor.shape[axis]);
  if (tensor !== undefined && fits) return tensor;
  const received = tensor === undefined ? "nothing" : `[${tensor.shape.join(", ")}]`;
  throw new PermafrostError(
    "FEEDS_MISMATCH",
    `input ${input.name}: expected ${showType(input.type)}, got ${received}.`,
  );
}

function toArray64({ shape, data }: Tensor): Array64 {
  const numbers = data instanceof BigInt64Array ? Float64Array.from(data, Number) : Float64Array.from(data);
  return { dtype: "float64", shape, data: numbers };
}
