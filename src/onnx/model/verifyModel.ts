import { damaged } from "../../formats/byteSource.ts";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "../gen/onnx_pb.ts";
import { TensorProto_DataLocation } from "../gen/onnx_pb.ts";
import { bitsOf, elementTypes } from "./protoTensor.ts";
import { graphsOf } from "./subgraphs.ts";

const maxDepth = 16;
const maxAxes = 32;
const maxElements = 2 ** 40;

/**
 * Holds a model against the rules of ONNX's IR: operator sets are named, every value is computed once and before it is used,
 * and tensors hold as many elements as their shapes say.
 *
 * @throws PermafrostError WEIGHTS_INVALID naming the node or value and the reason.
 */
export function verifyModel(model: ModelProto, where: string): void {
  if (model.graph === undefined) throw damaged(where, "no graph in this ONNX model");
  if (model.irVersion < 1n) throw damaged(where, `the IR version ${model.irVersion}`);
  if (model.opsetImport.length === 0) throw damaged(where, "no operator set is named in this ONNX model");
  verifyGraph(model.graph, new Set(), where, 0);
  if (model.graph.output.length === 0) throw damaged(where, "its graph has no output");
}

function verifyGraph(graph: GraphProto, outer: ReadonlySet<string>, where: string, depth: number): void {
  if (depth > maxDepth) throw damaged(where, `graphs more than ${maxDepth} deep inside each other`);
  const own = new Set<string>();
  const define = (name: string, what: string): void => {
    if (own.has(name)) throw damaged(where, `${what} ${JSON.stringify(name)} is defined twice`);
    own.add(name);
  };
  const inputs = new Set(graph.input.map(({ name }) => name));
  for (const name of inputs) define(name, "the input");
  const sparse = graph.sparseInitializer.flatMap(({ values }) => (values === undefined ? [] : [values]));
  for (const tensor of [...graph.initializer, ...sparse]) {
    if (tensor.name === "") throw damaged(where, "an initialiser has no name");
    // Since IR version 4 an input need not be given where it is the same as an initialiser; before it had to.
    if (!inputs.has(tensor.name)) define(tensor.name, "the initialiser");
  }
  for (const tensor of graph.initializer) verifyTensor(tensor, where);
  const known = (name: string) => own.has(name) || outer.has(name);
  for (const node of graph.node) {
    verifyNode(node, known, where);
    for (const inner of graphsOf(node)) verifyGraph(inner, new Set([...outer, ...own]), where, depth + 1);
    for (const name of node.output) if (name !== "") define(name, `a result of ${showProtoNode(node)}`);
  }
  for (const { name } of graph.output)
    if (!known(name)) throw damaged(where, `nothing computes the output ${JSON.stringify(name)}`);
}

function verifyNode(node: NodeProto, known: (name: string) => boolean, where: string): void {
  if (node.opType === "") throw damaged(where, `node ${JSON.stringify(node.name)} has no operator`);
  for (const name of node.input) {
    if (name !== "" && !known(name))
      throw damaged(
        where,
        `${showProtoNode(node)} uses ${JSON.stringify(name)}, which nothing before it computes`,
      );
  }
  for (const { t, tensors } of node.attribute) {
    if (t !== undefined) verifyTensor(t, `${where}: ${showProtoNode(node)}`);
    for (const tensor of tensors) verifyTensor(tensor, `${where}: ${showProtoNode(node)}`);
  }
}

/** `node "conv1" (Conv)`. */
export function showProtoNode({ name, opType, output }: NodeProto): string {
  return `node ${JSON.stringify(name || output[0] || "")} (${opType})`;
}

function verifyTensor(tensor: TensorProto, where: string): void {
  const place = `${where}: tensor ${JSON.stringify(tensor.name)}`;
  const bits = bitsOf(tensor.dataType);
  if (bits === undefined) throw damaged(place, `the element type ${tensor.dataType}`);
  if (tensor.dims.length > maxAxes) throw damaged(place, `${tensor.dims.length} axes`);
  let count = 1;
  for (const size of tensor.dims) {
    count *= Number(size);
    if (size < 0n || count > maxElements) throw damaged(place, `the shape [${tensor.dims.join(", ")}]`);
  }
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    if (bits === 0) throw damaged(place, "text in another file");
    return;
  }
  verifyElements(tensor, count, bits, place);
}

function verifyElements(tensor: TensorProto, count: number, bits: number, place: string): void {
  if (tensor.dataType !== elementTypes.text && tensor.rawData.length > 0) {
    const expected = Math.ceil((count * bits) / 8);
    if (tensor.rawData.length === expected) return;
    throw damaged(place, `${tensor.rawData.length} bytes for ${count} elements of ${bits} bits`);
  }
  const lists = [
    tensor.floatData,
    tensor.int32Data,
    tensor.stringData,
    tensor.int64Data,
    tensor.doubleData,
    tensor.uint64Data,
  ];
  const found = Math.max(...lists.map(({ length }) => length));
  // Elements of four bits come two in one number; complex ones are two numbers.
  const expected =
    bits === 4 ? Math.ceil(count / 2) : tensor.dataType === 14 || tensor.dataType === 15 ? 2 * count : count;
  if (found !== expected) throw damaged(place, `${found} elements for the shape [${tensor.dims.join(", ")}]`);
}
