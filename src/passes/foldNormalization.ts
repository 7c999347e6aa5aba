import { number } from "../autodiff/broadcasting.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Node, Value } from "../graph/graph.ts";
import { nodesBehind } from "../graph/values.ts";
import type { Conv2dAttributes } from "../ops/convolution.ts";
import { operators } from "../ops/index.ts";
import type { BatchNormAttributes } from "../ops/normalization.ts";

/**
 * Takes normalizations with given statistics into the trained convolutions before them: with s = gamma / sqrt(variance + epsilon)
 * the same function is conv(x, s W) + beta - s mean. Differentiated in this form, scale and shift cost passes over filters instead
 * of whole maps. Convolutions with frozen filters stay as they are: the engine lays those out once and for all.
 *
 * @param g - Holds the results; what is computed anew is added to it.
 * @param isTrained - By a parameter's path.
 * @returns What stands for the results, equal up to rounding.
 */
export function foldNormalization(
  g: GraphBuilder,
  results: readonly Value[],
  isTrained: (path: string) => boolean,
): readonly Value[] {
  const nodes = nodesBehind(results);
  const uses = new Map<Value, number>();
  for (const value of [...nodes.flatMap(({ inputs }) => inputs), ...results])
    uses.set(value, (uses.get(value) ?? 0) + 1);
  const standIns = new Map<Value, Value>();
  const current = (value: Value) => standIns.get(value) ?? value;
  for (const node of nodes) {
    const convolution = convolutionBefore(node);
    const isFolded =
      convolution !== undefined &&
      uses.get(convolution.outputs[0]!) === 1 &&
      isTrainedWeight(convolution.inputs[1]!, isTrained);
    if (isFolded) {
      const folded = g.scope(node.scope, () => foldedConvolution(g, node, convolution, current));
      standIns.set(node.outputs[0]!, folded);
    } else if (node.inputs.some((input) => standIns.has(input))) {
      const again = g.scope(node.scope, () => g.applyAll(node.op, node.inputs.map(current), node.attributes));
      for (const [index, output] of node.outputs.entries()) standIns.set(output, again[index]!);
    }
  }
  return results.map(current);
}

/** The convolution whose result a node normalizes with given statistics. */
function convolutionBefore({ op, inputs }: Node): Node<Conv2dAttributes> | undefined {
  if (op !== operators.batchNormInference) return undefined;
  const { source } = inputs[0]!;
  return source.kind === "node" && source.node.op === operators.conv2d
    ? (source.node as Node<Conv2dAttributes>)
    : undefined;
}

function isTrainedWeight({ source }: Value, isTrained: (path: string) => boolean): boolean {
  return source.kind === "input" && source.role.kind === "parameter" && isTrained(source.role.parameter);
}

function foldedConvolution(
  g: GraphBuilder,
  normalization: Node,
  { inputs, attributes }: Node<Conv2dAttributes>,
  current: (value: Value) => Value,
): Value {
  const { add, conv2d, div, mul, reshape, sqrt, sub } = operators;
  const [, gamma, beta, mean, variance] = normalization.inputs.map(current);
  const [x, filters, bias] = inputs.map(current);
  const { epsilon } = normalization.attributes as BatchNormAttributes;
  const spread = g.apply(sqrt, [g.apply(add, [variance!, number(g, epsilon)], {})], {});
  const scale = g.apply(mul, [gamma!, g.apply(div, [number(g, 1), spread], {})], {});
  const count = filters!.type.shape[0]!;
  const perFilter = g.apply(reshape, [scale], { shape: [count, 1, 1, 1] });
  const centre = bias === undefined ? mean! : g.apply(sub, [mean!, bias], {});
  const shift = g.apply(sub, [beta!, g.apply(mul, [centre, scale], {})], {});
  return g.apply(conv2d, [x!, g.apply(mul, [filters!, perFilter], {}), shift], attributes);
}
