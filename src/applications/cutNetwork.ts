import { PermafrostError } from "../base/errors.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { cutAt, layersBefore } from "../modelFiles/cuts.ts";
import { BaseNetwork, type NetworkBlock, pooledMap } from "./application.ts";

/**
 * The network up to a layer or block: the same layers with the same weights. It knows the layer as its `cut`, by which `createBase`
 * builds it again, and the blocks that are left.
 *
 * @param cut - A layer that makes maps, or a block: then what later blocks read of it.
 * @param pooling - Of the maps at the cut.
 * @throws PermafrostError UNKNOWN_NAME that lists the nearest names; INVALID_ARGUMENT where no maps are, and where nothing with weights
 *   would be left.
 */
export function cutNetwork(network: BaseNetwork, cut: string, pooling?: BaseNetwork["pooling"]): BaseNetwork {
  const { application, inputs, name, seed } = network;
  const tensor = tensorAt(network, cut);
  const left = [...layersBefore(tensor)];
  if (left.every(({ weights }) => weights.length === 0)) throw nothingLeft(network, cut);
  const names = new Set(left.map((layer) => layer.name));
  const blocks = application.blocks.filter(({ firstLayer }) => names.has(firstLayer));
  return new BaseNetwork(
    { inputs, outputs: pooledMap(tensor, pooling), name, seed },
    { ...network, application: { ...application, blocks }, pooling, cut: tensor.call.layer.name },
  );
}

function tensorAt(
  { application, layers, topology, outputs, name }: BaseNetwork,
  cut: string,
): SymbolicTensor {
  const { blocks } = application;
  const at = blocks.findIndex((each) => each.name === cut);
  const names = blocks.map((each) => each.name);
  if (at < 0) return cutAt(topology, cut, name, names);
  const next = blocks[at + 1];
  return next === undefined ? outputs[0]! : endBefore(next, layers, topology.calls);
}

/** Of what is computed before a block, the value with the longest way behind it that the block or a later one reads. */
function endBefore(
  { firstLayer }: NetworkBlock,
  layers: BaseNetwork["layers"],
  calls: BaseNetwork["topology"]["calls"],
): SymbolicTensor {
  const before = new Set(
    layers.slice(
      0,
      layers.findIndex(({ name }) => name === firstLayer),
    ),
  );
  const depths = new Map<SymbolicTensor, number>();
  const depthOf = (tensor: SymbolicTensor) => depths.get(tensor) ?? 0;
  for (const { inputs, outputs } of calls) {
    const depth = 1 + Math.max(...inputs.map(depthOf));
    for (const tensor of outputs) depths.set(tensor, depth);
  }
  return calls
    .filter(({ layer }) => !before.has(layer))
    .flatMap(({ inputs }) => inputs)
    .filter(({ call }) => before.has(call.layer))
    .reduce((end, tensor) => (depthOf(tensor) > depthOf(end) ? tensor : end));
}

function nothingLeft({ name, layers }: BaseNetwork, cut: string): PermafrostError {
  const first = layers.find(({ weights }) => weights.length > 0);
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: up to ${cut} no layer has weights, so there would be nothing to transfer. Cut behind ${first?.name} or later.`,
    { details: { name: cut } },
  );
}
