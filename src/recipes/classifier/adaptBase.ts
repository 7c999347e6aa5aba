import { BaseNetwork } from "../../applications/index.ts";
import type { Preprocessing } from "../../applications/preprocessing.ts";
import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";

/** What a base is beside its layers. */
function factsOf(network: BaseNetwork) {
  const { application, preprocessing, weightSource, pooling, variant, onnx, form, remarks, architecture } =
    network;
  return { application, preprocessing, weightSource, pooling, variant, onnx, form, remarks, architecture };
}

/** The same network for pictures that are prepared in another way. */
export function withPreprocessing(network: BaseNetwork, preprocessing: Preprocessing): BaseNetwork {
  const { inputs, outputs, name, seed } = network;
  return new BaseNetwork({ inputs, outputs, name, seed }, { ...factsOf(network), preprocessing });
}

/** The same network for pixels that are divided by 255 and nothing else, whatever it was trained on. */
export function withRescaling(network: BaseNetwork): BaseNetwork {
  const rescaled = { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  return withPreprocessing(network, { ...network.preprocessing, ...rescaled });
}

/**
 * The network up to a block.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the blocks.
 */
export function endBehind(network: BaseNetwork, block: string): BaseNetwork {
  const { application, inputs, name, seed, topology } = network;
  const { blocks } = application;
  const at = blocks.findIndex((each) => each.name === block);
  if (at < 0) throw unknownBlock(network, block);
  const next = blocks[at + 1];
  if (next === undefined) return network;
  // Layers stand in the network's order: the one before the next block gives what that one reads.
  const [read] = topology.calls.find(({ layer }) => layer.name === next.firstLayer)!.inputs;
  return new BaseNetwork(
    { inputs, outputs: read!, name, seed },
    { ...factsOf(network), pooling: undefined, variant: `up to ${block}` },
  );
}

function unknownBlock({ name, application }: BaseNetwork, block: string): PermafrostError {
  const names = application.blocks.map((each) => each.name);
  return new PermafrostError(
    "UNKNOWN_NAME",
    `block ${JSON.stringify(block)}: ${name} has no such block.${didYouMean(block, names)} Expected one of ${names.join(", ") || "none: its blocks are not known"}.`,
    { details: { name: block, known: names } },
  );
}
