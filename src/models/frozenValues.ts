import type { Graph, Node, Value } from "../graph/graph.ts";

/** What freezing makes of the values of a graph. */
export interface FrozenValues {
  /** Values of each sample that are the same in every epoch: data, and what is computed from it by frozen weights alone. */
  readonly samples: ReadonlySet<Value>;
  /** Values that are the same for all samples: frozen weights, constants, and what is computed from them. */
  readonly fixed: ReadonlySet<Value>;
}

/**
 * Finds what need not be computed again: no trained weight, random number or target comes before it, and no operator
 * before it mixes the samples of a batch.
 */
export function frozenValues(graph: Graph, isTrainable: (parameter: string) => boolean): FrozenValues {
  const samples = new Set(graph.inputs.filter(isData));
  const fixed = new Set(graph.inputs.filter((input) => isFrozenWeight(input, isTrainable)));
  const isFixed = (value: Value): boolean => value.source.kind === "constant" || fixed.has(value);
  for (const node of graph.nodes) {
    if (!node.inputs.every((input) => isFixed(input) || samples.has(input))) continue;
    const target = node.inputs.every(isFixed) ? fixed : keepsSamplesApart(node) ? samples : undefined;
    for (const output of node.outputs) target?.add(output);
  }
  return { samples, fixed };
}

function isData(input: Value): boolean {
  return input.source.kind === "input" && input.source.role.kind === "data" && hasBatchInFront(input);
}

function isFrozenWeight({ source }: Value, isTrainable: (parameter: string) => boolean): boolean {
  if (source.kind !== "input" || source.role.kind !== "parameter") return false;
  return !isTrainable(source.role.parameter);
}

function keepsSamplesApart(node: Node): boolean {
  return !mixesBatch(node) && node.outputs.every(hasBatchInFront);
}

function hasBatchInFront({ type }: Value): boolean {
  return type.shape[0] === "batch" && type.shape.lastIndexOf("batch") === 0;
}

/** Whether a sample's result depends on the other samples of its batch. */
export function mixesBatch(node: Node): boolean {
  const types = node.inputs.map((input) => input.type);
  return node.op.mixesBatch?.(types, node.attributes) ?? false;
}
