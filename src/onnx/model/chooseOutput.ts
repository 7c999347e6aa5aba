import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";
import type { GraphProto, ModelProto, NodeProto } from "../gen/onnx_pb.ts";
import { usesOf } from "./subgraphs.ts";

/**
 * Outputs that are chosen where a model has several, the best first: a classifier leads to the value before it; tokens hold more
 * than a pooled vector, which in many vision transformers was never trained.
 */
const preferred = ["logits", "image_embeds", "last_hidden_state", "pooler_output"];

/** The output that features are looked for at. */
export function chosenOutput(model: ModelProto): string {
  const names = model.graph!.output.map(({ name }) => name);
  return preferred.find((name) => names.includes(name)) ?? names[0]!;
}

/**
 * @throws PermafrostError UNKNOWN_NAME when no node computes the value.
 */
export function checkValue(model: ModelProto, name: string, where: string): void {
  const computed = model.graph!.node.flatMap(({ output }) => output).filter((each) => each !== "");
  if (computed.includes(name)) return;
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `${where}: no value ${JSON.stringify(name)} to cut at.${didYouMean(name, computed)} See the possible cuts with: permafrost inspect ${where}`,
    { details: { path: where, name } },
  );
}

/** Nodes that only bring a classifier's result into another form. */
const aroundClassifiers: ReadonlySet<string> = new Set([
  "Add",
  "Cast",
  "DequantizeLinear",
  "Flatten",
  "Identity",
  "LogSoftmax",
  "Mul",
  "QuantizeLinear",
  "Reshape",
  "Sigmoid",
  "Softmax",
  "Squeeze",
  "Transpose",
  "Unsqueeze",
]);

/** Nodes that weigh features to scores, and the place of their weights among the inputs. */
const classifiers: Readonly<Record<string, number>> = {
  Conv: 1,
  ConvInteger: 1,
  Gemm: 1,
  MatMul: 1,
  MatMulInteger: 1,
  MatMulNBits: 1,
  QLinearConv: 3,
  QLinearMatMul: 3,
};

/** Nodes that stand between features and their classifier. */
const beforeClassifiers: ReadonlySet<string> = new Set([
  "Dropout",
  "DynamicQuantizeLinear",
  "Identity",
  "QuantizeLinear",
]);

/** Outputs that are called features are features, though a product made them. */
const featureNames = /embed|hidden|pool|feature/i;

/**
 * The value before the classifier: what the last product with weights (Gemm, MatMul, Conv 1 x 1) before an output takes up. The
 * output itself where no classifier leads to it.
 */
export function beforeClassifier(graph: GraphProto, output: string, dependent: ReadonlySet<string>): string {
  if (featureNames.test(output)) return output;
  const producers = new Map<string, NodeProto>();
  for (const node of graph.node) for (const name of node.output) producers.set(name, node);
  const follow = (node: NodeProto) => usesOf(node).find((name) => dependent.has(name));
  for (let at: string | undefined = output; at !== undefined; ) {
    const node = producers.get(at);
    if (node === undefined) return output;
    if (isClassifier(node, dependent)) return skipBack(node.input[0]!, producers);
    if (!aroundClassifiers.has(node.opType) || isResidual(node, dependent)) return output;
    at = follow(node);
  }
  return output;
}

function isClassifier(node: NodeProto, dependent: ReadonlySet<string>): boolean {
  const weights = classifiers[node.opType];
  if (weights === undefined || dependent.has(node.input[weights] ?? "")) return false;
  const kernel = node.attribute.find(({ name }) => name === "kernel_shape")?.ints ?? [];
  return kernel.every((size) => size === 1n);
}

/** A sum of two computed values is a residual block, not a bias. Scales of quantised products are computed too. */
function isResidual({ opType, input }: NodeProto, dependent: ReadonlySet<string>): boolean {
  return opType === "Add" && input.filter((name) => dependent.has(name)).length > 1;
}

function skipBack(start: string, producers: ReadonlyMap<string, NodeProto>): string {
  let value = start;
  for (let node = producers.get(value); node !== undefined; node = producers.get(value)) {
    if (!beforeClassifiers.has(node.opType) || node.input[0] === undefined) break;
    value = node.input[0];
  }
  return value;
}
