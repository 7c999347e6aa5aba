import { messageOf, PermafrostError } from "../base/errors.ts";
import { type Shape, sameShape, sameType, showType } from "../tensor/shape.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { Graph, InputRole, Node, RandomDraw, Value } from "./graph.ts";
import { constantsOf, showNode } from "./values.ts";

/**
 * Checks that a graph is well-formed: every value is computed before it is used, names are unique, types are what the
 * operators infer, constants hold what their types say, and inputs have sensible roles.
 *
 * @throws PermafrostError GRAPH_INVALID naming the node or value and the reason.
 */
export function verifyGraph(graph: Graph): void {
  const defined = new Set<Value>();
  const names = new Set<string>();
  const define = (value: Value, where: string): void => {
    if (names.has(value.name)) throw invalid(where, `the name ${value.name} is used for two values`);
    names.add(value.name);
    defined.add(value);
  };
  for (const input of graph.inputs) {
    verifyInput(input);
    define(input, `input ${input.name}`);
  }
  for (const constant of constantsOf(graph)) {
    verifyConstant(constant);
    define(constant, `constant ${constant.name}`);
  }
  for (const node of graph.nodes) {
    for (const input of node.inputs)
      if (!defined.has(input))
        throw invalid(showNode(node), `its input ${input.name} is not computed before it`);
    verifyNode(node);
    for (const output of node.outputs) define(output, showNode(node));
  }
  if (graph.outputs.length === 0) throw invalid("graph", "it has no output");
  for (const output of graph.outputs)
    if (!defined.has(output)) throw invalid(`output ${output.name}`, "nothing in the graph computes it");
}

function invalid(where: string, reason: string, cause?: unknown): PermafrostError {
  return new PermafrostError("GRAPH_INVALID", `${where}: ${reason.replace(/\.$/, "")}.`, { cause });
}

function verifyNode(node: Node): void {
  const where = showNode(node);
  const inputTypes = node.inputs.map((input) => input.type);
  let types: ReturnType<typeof node.op.infer>;
  try {
    types = node.op.infer(inputTypes, node.attributes);
  } catch (error) {
    throw invalid(where, `its inputs do not fit: ${messageOf(error)}`, error);
  }
  if (types.length !== node.outputs.length)
    throw invalid(where, `expected ${types.length} results, got ${node.outputs.length}`);
  for (const [index, type] of types.entries()) {
    const output = node.outputs[index]!;
    if (!sameType(type, output.type))
      throw invalid(
        where,
        `${output.name} is ${showType(type)} by its operator, but says ${showType(output.type)}`,
      );
    const { source } = output;
    if (source.kind !== "node" || source.node !== node || source.index !== index)
      throw invalid(where, `${output.name} says that it comes from elsewhere`);
  }
}

function verifyInput(input: Value): void {
  const where = `input ${input.name}`;
  if (input.source.kind !== "input") throw invalid(where, "it is the result of a node or a constant");
  verifyShape(where, input.type.shape);
  const reason = roleProblem(input.source.role, input.type.shape);
  if (reason !== undefined) throw invalid(where, reason);
}

function roleProblem(role: InputRole, shape: Shape): string | undefined {
  if (role.kind === "parameter") {
    if (role.parameter === "") return "a parameter needs a name";
    if (shape.includes("batch")) return "a parameter is the same for every batch and has no batch axis";
  }
  return role.kind === "random" ? drawProblem(role.draw) : undefined;
}

function drawProblem(draw: RandomDraw): string | undefined {
  if (draw.kind === "dropout" && !(draw.rate >= 0 && draw.rate < 1))
    return `expected a dropout rate from 0 to below 1, got ${draw.rate}`;
  if (draw.kind === "normal" && !(draw.stddev >= 0 && Number.isFinite(draw.stddev)))
    return `expected a standard deviation of 0 or more, got ${draw.stddev}`;
  return undefined;
}

function verifyShape(where: string, shape: Shape): void {
  const wrong = shape.find((size) => size !== "batch" && !(Number.isInteger(size) && size >= 0));
  if (wrong !== undefined) throw invalid(where, `expected sizes to be integers of at least 0, got ${wrong}`);
  if (shape.filter((size) => size === "batch").length > 1) throw invalid(where, "it has two batch axes");
}

function verifyConstant(value: Value): void {
  if (value.source.kind !== "constant") return;
  const { tensor } = value.source;
  const fits =
    value.type.dtype === tensor.dtype &&
    sameShape(value.type.shape, tensor.shape) &&
    tensor.data.length === sizeOf(tensor.shape);
  if (!fits) throw invalid(`constant ${value.name}`, `its tensor is not of its type ${showType(value.type)}`);
}
