import { PermafrostError } from "../../base/errors.ts";
import type { SymbolicTensor } from "../../layers/layer.ts";
import { toEngineShape } from "../../layers/layout.ts";
import { pictureInput } from "../../onnx/model/pictureInput.ts";
import { type PlainNode, plainGraph } from "../../onnx/model/plainNodes.ts";
import type { OnnxModel } from "../../onnx/model/readModel.ts";
import { hasChannelsLast } from "../../onnx/model/valueLayout.ts";
import type { NetworkBlock } from "../application.ts";
import { importNodes } from "./nodes/importNodes.ts";
import { ruleOf } from "./nodes/index.ts";
import { layerNameOf } from "./nodes/layerName.ts";
import { NodeLayer } from "./nodes/nodeLayer.ts";
import { type OnnxBlock, onnxBlocks } from "./onnxBlocks.ts";
import type { OnnxForm } from "./onnxForm.ts";

/** Layers of the nodes between a value and the cut. */
export interface ImportedLayers {
  readonly tensor: SymbolicTensor;
  readonly blocks: readonly NetworkBlock[];
}

/**
 * The nodes of a model above a value as layers.
 *
 * @param from - The value that `tensor` is, in the model's order of axes; undefined: the picture.
 * @throws PermafrostError NO_GRADIENT naming the operator and the node, and the lowest place above which all can be trained.
 */
export function importedLayers(
  model: OnnxModel,
  { cut, inputShape: [height, width] }: OnnxForm,
  from: string | undefined,
  tensor: SymbolicTensor,
  where: string,
): ImportedLayers {
  const input = pictureInput(model.graph!, [cut], where);
  const isLast = input.layout === "channels last";
  const picture = { name: input.name, channelsLast: isLast };
  const blocks = onnxBlocks(model, cut, where);
  const start = from === undefined && isLast ? turned(tensor, "channels_last", [0, 2, 3, 1]) : tensor;
  const shape = isLast ? (["batch", height, width, 3] as const) : (["batch", 3, height, width] as const);
  const graph = plainGraph(model, cut);
  const found = importNodes({
    graph,
    given: new Map([[from ?? input.name, start]]),
    below: new Map(from === undefined ? [] : [[input.name, shape]]),
    output: cut,
    refuse: (node, reason) => refusal(node, reason, blocks, where),
  });
  const isMap = toEngineShape(found.tensor.shape).length === 4;
  const last = isMap && hasChannelsLast(model.graph!, cut, picture);
  return {
    tensor: last ? turned(found.tensor, "channels_first", [0, 3, 1, 2]) : found.tensor,
    blocks: networkBlocks(blocks, from, found.layers),
  };
}

/** A transposition between the model's order of axes and ours. */
function turned(tensor: SymbolicTensor, name: string, perm: readonly number[]): SymbolicTensor {
  const node: PlainNode = {
    opType: "Transpose",
    domain: "",
    name,
    inputs: ["x"],
    outputs: ["y"],
    attributes: new Map([["perm", perm]]),
  };
  const operands = [{ kind: "computed", place: 0 }] as const;
  return new NodeLayer(name, { node, rule: ruleOf(node)!, operands, opset: 1 }).apply(tensor);
}

/** Every layer is in a block: what runs as it is makes the first, or the picture belongs to the first that is imported. */
function networkBlocks(
  blocks: readonly OnnxBlock[],
  from: string | undefined,
  layers: ReadonlyMap<PlainNode, string>,
): readonly NetworkBlock[] {
  const imported = blocks.slice(blocks.findIndex((block) => block.from === from));
  const named = imported.flatMap(({ name, nodes }) => {
    const first = nodes.map(({ outputs }) => layerOf(layers, outputs)).find((layer) => layer !== undefined);
    return first === undefined ? [] : [{ name, firstLayer: first }];
  });
  if (from !== undefined) return [{ name: "frozen", firstLayer: "input_layer" }, ...named];
  return named.map((block, index) => (index === 0 ? { ...block, firstLayer: "input_layer" } : block));
}

/** The layer of the node that computes a value. Nodes are read anew for each purpose, so they are told by their results. */
function layerOf(layers: ReadonlyMap<PlainNode, string>, outputs: readonly string[]): string | undefined {
  for (const [node, layer] of layers) if (node.outputs[0] === outputs[0]) return layer;
  return undefined;
}

function refusal(
  node: PlainNode,
  reason: string,
  blocks: readonly OnnxBlock[],
  where: string,
): PermafrostError {
  // The last place that needs the node: constants stand where the exporter put them, often at the front.
  const place = blocks.findLastIndex(({ nodes }) =>
    nodes.some(({ outputs, inputs }) => outputs[0] === node.outputs[0] || inputs.includes(node.outputs[0]!)),
  );
  const above = blocks[place + 1];
  const operator = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
  const advice =
    above === undefined
      ? "No block above it has weights of its own: keep the base frozen, or cut lower with --cut."
      : `Freeze it: the lowest place above it is ${JSON.stringify(above.from)}, so train from there on (--unfreeze from:${above.name}), or keep the base frozen.`;
  return new PermafrostError(
    "NO_GRADIENT",
    `${where}: node ${JSON.stringify(node.name)} (${operator}) cannot be trained: ${reason}. ${advice}`,
    { details: { path: where, node: node.name, operator, layer: layerNameOf(node.name) } },
  );
}
