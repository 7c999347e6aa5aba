import type { Node, Value } from "../graph/graph.ts";
import type { ReshapeAttributes, TransposeAttributes } from "../ops/movement.ts";
import { sameType } from "../tensor/shape.ts";
import type { Rewrite } from "./rewrite.ts";

/**
 * For each operator the input that its result equals bit for bit, if there is one. x + 0 is left alone: it makes 0 of -0.
 * x - 0, x * 1 and x / 1 keep every number.
 */
const kept: Readonly<Record<string, (node: Node) => Value | undefined>> = {
  mul: ({ inputs: [a, b] }) => (isFilledWith(b!, 1) ? a : isFilledWith(a!, 1) ? b : undefined),
  div: ({ inputs: [a, b] }) => (isFilledWith(b!, 1) ? a : undefined),
  sub: ({ inputs: [a, b] }) => (isFilledWith(b!, 0) ? a : undefined),
  neg: beforeSame,
  reshape: (node) => (isSameShape(node) ? node.inputs[0] : beforeSame(node)),
  transpose: (node) => (isIdentity(permutationOf(node)) ? node.inputs[0] : beforeTransposes(node)),
  broadcastTo: ({ inputs: [x] }) => x,
  broadcastLike: ({ inputs: [x] }) => x,
  cast: ({ inputs: [x] }) => x,
};

/** Drops what changes nothing: such nodes come from gradient rules that are written for the general case. */
export function dropNoOps(): Rewrite {
  return (node) => {
    const value = kept[node.op.name]?.(node);
    return value !== undefined && sameType(value.type, node.outputs[0]!.type) ? [value] : undefined;
  };
}

/** What two of the same operator in a row began with: -(-x), and x in its old shape again. */
function beforeSame({ op, inputs: [x] }: Node): Value | undefined {
  return x!.source.kind === "node" && x!.source.node.op.name === op.name
    ? x!.source.node.inputs[0]
    : undefined;
}

function beforeTransposes(node: Node): Value | undefined {
  const { source } = node.inputs[0]!;
  if (source.kind !== "node" || source.node.op.name !== "transpose") return undefined;
  const first = permutationOf(source.node);
  return isIdentity(permutationOf(node).map((axis) => first[axis]!)) ? source.node.inputs[0] : undefined;
}

function isSameShape({ inputs: [x], attributes }: Node): boolean {
  return sameType(x!.type, { ...x!.type, shape: (attributes as ReshapeAttributes).shape });
}

/** Nodes forget their attributes' type; the operator's name tells it. */
function permutationOf({ attributes }: Node): readonly number[] {
  return (attributes as TransposeAttributes).permutation;
}

function isIdentity(permutation: readonly number[]): boolean {
  return permutation.every((axis, place) => axis === place);
}

/** 0 means the positive one. */
function isFilledWith({ source }: Value, number: number): boolean {
  if (source.kind !== "constant") return false;
  const { data, dtype } = source.tensor;
  return dtype === "float32" && data.length > 0 && data.every((element) => Object.is(element, number));
}
