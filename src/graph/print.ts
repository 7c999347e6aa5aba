import { canonicalJson } from "../base/digest.ts";
import { showType } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph, InputRole, Node, Value } from "./graph.ts";
import { constantsOf } from "./values.ts";

/** The longest constant that is printed element by element. */
const printedElements = 4;

/**
 * A graph as text, one value a line: `name = operator(inputs) {attributes} : type`. Under each change of layer stands its
 * path. For people; the format may change.
 */
export function printGraph(graph: Graph): string {
  const lines = [
    ...graph.inputs.map((input) => `input ${input.name}: ${showType(input.type)}${showRole(input)}`),
    ...constantsOf(graph).map(
      (value) => `constant ${value.name}: ${showType(value.type)}${showElements(value)}`,
    ),
  ];
  let scope = "";
  for (const node of graph.nodes) {
    if (node.scope !== scope) {
      lines.push(node.scope === "" ? "--" : `-- ${node.scope}`);
      scope = node.scope;
    }
    lines.push(showApplication(node));
  }
  lines.push(`output ${namesOf(graph.outputs)}`);
  return lines.join("\n");
}

function showApplication(node: Node): string {
  const attributes = canonicalJson(node.attributes).replaceAll('"', "");
  const shown = attributes === "{}" ? "" : ` ${attributes}`;
  const types = node.outputs.map((output) => showType(output.type)).join(", ");
  return `${namesOf(node.outputs)} = ${node.op.name}(${namesOf(node.inputs)})${shown} : ${types}`;
}

function namesOf(values: readonly Value[]): string {
  return values.map((value) => value.name).join(", ");
}

function showRole({ source }: Value): string {
  if (source.kind !== "input") return "";
  const role: InputRole = source.role;
  if (role.kind === "parameter") return ` (parameter ${role.parameter})`;
  if (role.kind === "random") {
    const { draw } = role;
    return ` (${draw.kind} ${draw.kind === "dropout" ? draw.rate : draw.stddev}, ${draw.layer})`;
  }
  return ` (${role.kind})`;
}

function showElements({ source }: Value): string {
  if (source.kind !== "constant") return "";
  const { data }: Tensor = source.tensor;
  return data.length > printedElements
    ? ""
    : ` = ${[...data].map((x) => Number(Number(x).toPrecision(6))).join(" ")}`;
}
