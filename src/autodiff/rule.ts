import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";

/** What a gradient rule is told of the node it differentiates. */
export interface VjpContext<Attributes> {
  /** Where the gradient's nodes are added. */
  readonly g: GraphBuilder;
  readonly inputs: readonly Value[];
  /** The node's result. */
  readonly y: Value;
  /** The gradient of the loss by the result. It has the result's shape. */
  readonly dy: Value;
  readonly attributes: Attributes;
}

/**
 * Vector-Jacobian product: from the gradient by a node's result to the gradients by its inputs, in their order.
 * `undefined` says that the result does not change with that input (or only in steps). What a rule adds in vain is
 * dropped when the graph is built.
 */
export type VjpRule<Attributes> = (context: VjpContext<Attributes>) => readonly (Value | undefined)[];

/** Says why an operator has no gradient. */
export interface NotDifferentiable {
  readonly notDifferentiable: string;
}

/** All results of the node that a value is the first result of. */
export function resultsOf({ source }: Value): readonly Value[] {
  return source.kind === "node" ? source.node.outputs : [];
}
