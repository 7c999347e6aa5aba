import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Node, Value } from "../graph/graph.ts";
import { nodesBehind } from "../graph/values.ts";
import { type OperatorName, operators } from "../ops/index.ts";
import { showType } from "../tensor/shape.ts";
import { number, stretchLike } from "./broadcasting.ts";
import type { NotDifferentiable, VjpRule } from "./rule.ts";
import { vjpRules } from "./rules/index.ts";

/**
 * The gradients of a scalar loss by values that it was computed from (reverse accumulation). Only nodes on a way from
 * a target to the loss are differentiated; a target that the loss does not depend on has gradient 0.
 *
 * @param builder - Holds the loss; the gradients' nodes are added to it.
 * @param loss - float32, shape [].
 * @returns One value for each target, with the target's type, in the order of the targets.
 * @throws PermafrostError SHAPE_MISMATCH if the loss is no float32 scalar.
 * @throws PermafrostError NO_GRADIENT if an operator on the way has no gradient.
 */
export function gradients(builder: GraphBuilder, loss: Value, targets: readonly Value[]): readonly Value[] {
  if (loss.type.shape.length !== 0 || loss.type.dtype !== "float32") {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `gradients: expected the loss to be a float32 scalar, got ${loss.name} ${showType(loss.type)}. Reduce it with a sum or a mean.`,
    );
  }
  const nodes = nodesBehind([loss]);
  const onTheWay = new Set(targets);
  for (const node of nodes)
    if (node.inputs.some((input) => onTheWay.has(input)))
      for (const output of node.outputs) onTheWay.add(output);

  const gradientOf = new Map<Value, Value>();
  if (onTheWay.has(loss)) gradientOf.set(loss, number(builder, 1));
  for (const node of nodes.toReversed()) {
    const [y, ...others] = node.outputs;
    // Results beside the first are statistics: a loss may look at them, but nothing is trained through them.
    if (others.some((output) => gradientOf.has(output)))
      throw noGradient(node, "the loss depends on its statistics, not only on its result");
    const dy = gradientOf.get(y!);
    if (dy === undefined || !node.inputs.some((input) => onTheWay.has(input))) continue;
    builder.scope(node.scope === "" ? "gradients" : `gradients/${node.scope}`, () => {
      for (const [index, gradient] of applyRule(builder, node, dy).entries()) {
        const input = node.inputs[index]!;
        if (gradient === undefined || !onTheWay.has(input)) continue;
        const sum = gradientOf.get(input);
        gradientOf.set(
          input,
          sum === undefined ? gradient : builder.apply(operators.add, [sum, gradient], {}),
        );
      }
    });
  }
  return targets.map((target) => gradientOf.get(target) ?? stretchLike(builder, number(builder, 0), target));
}

function applyRule(builder: GraphBuilder, node: Node, dy: Value): readonly (Value | undefined)[] {
  // Nodes forget their attributes' type; the table is typed by operator, so the name finds the right rule.
  const rule = vjpRules[node.op.name as OperatorName] as VjpRule<unknown> | NotDifferentiable | undefined;
  if (typeof rule === "function")
    return rule({ g: builder, inputs: node.inputs, y: node.outputs[0]!, dy, attributes: node.attributes });
  throw noGradient(node, rule?.notDifferentiable ?? "it is not one of Permafrost's operators");
}

function noGradient(node: Node, reason: string): PermafrostError {
  const place = node.scope === "" ? node.op.name : `${node.scope}: ${node.op.name}`;
  return new PermafrostError(
    "NO_GRADIENT",
    `${place}: no gradient flows through this operator: ${reason}. Freeze the layers before it.`,
    { details: { operator: node.op.name, scope: node.scope } },
  );
}
