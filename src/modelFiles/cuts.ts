import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import type { Layer, SymbolicTensor } from "../layers/layer.ts";
import { showShape } from "../tensor/shape.ts";
import type { InlinedNetwork } from "./inlineModels.ts";

/**
 * The tensor that a layer makes (by its last call).
 *
 * @param blocks - Names that can be said as well, for messages.
 * @throws PermafrostError UNKNOWN_NAME that lists the nearest names; INVALID_ARGUMENT unless it makes maps [batch, height, width,
 *   channels], which a head is put on.
 */
export function cutAt(
  network: Pick<InlinedNetwork, "calls">,
  name: string,
  where: string,
  blocks: readonly string[] = [],
): SymbolicTensor {
  const call = network.calls.findLast(({ layer }) => layer.name === name);
  const maps = network.calls.map(({ outputs: [tensor] }) => tensor!).filter(isMap);
  const known = [...new Set(maps.map(({ call: { layer } }) => layer.name))];
  if (call === undefined) throw unknownLayer(where, name, blocks, known);
  const tensor = call.outputs[0]!;
  if (isMap(tensor)) return tensor;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${where}: behind ${name} there are values of shape ${showShape(tensor.shape)}, a cut must be where maps [batch, height, width, channels] are. The last ones: ${known.slice(-8).join(", ")}.`,
    { details: { name, known } },
  );
}

function unknownLayer(
  where: string,
  name: string,
  blocks: readonly string[],
  layers: readonly string[],
): PermafrostError {
  const known = [...blocks, ...layers];
  const [kinds, others] =
    blocks.length === 0 ? ["layer", ""] : ["layer or block", ` Its blocks: ${blocks.join(", ")}.`];
  return new PermafrostError(
    "UNKNOWN_NAME",
    `${where}: it has no ${kinds} ${JSON.stringify(name)} to cut behind.${didYouMean(name, known)}${others} The last layers that make maps: ${layers.slice(-8).join(", ")}.`,
    { details: { name, known } },
  );
}

/** What a classifier's end is made of, from the output back: one value a picture from here on. */
const ends = new Set(["GlobalAveragePooling2D", "GlobalMaxPooling2D", "Flatten", "Reshape"]);

/**
 * The last maps before the classifier: from the output back along layers with one input, the maps before the first global pooling,
 * flattening or reshaping; without one, the last maps.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a network without maps, and for one with several outputs.
 */
export function cutBeforeClassifier({ outputs }: InlinedNetwork, where: string): SymbolicTensor {
  if (outputs.length !== 1) throw noCut(where, `it has ${outputs.length} outputs`);
  let tensor = outputs[0]!;
  let best: SymbolicTensor | undefined;
  for (;;) {
    const { inputs, layer } = tensor.call;
    if (isMap(tensor) && !ends.has(layer.kind)) best ??= tensor;
    if (inputs.length !== 1) break;
    const [before] = inputs;
    if (ends.has(layer.kind) && isMap(before!)) best = undefined;
    tensor = before!;
  }
  if (best !== undefined && best.call.inputs.length > 0) return best;
  throw noCut(where, "nothing in it makes maps [batch, height, width, channels] before a classifier");
}

function noCut(where: string, why: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${where}: ${why}, so it is not clear what to take as the base. Name the layer to cut behind: cut, or --cut on the command line.`,
  );
}

/** The last maps that need none of these layers; undefined: there are none. */
export function lastWithout({ calls }: InlinedNetwork, lost: ReadonlySet<Layer>): SymbolicTensor | undefined {
  const unusable = new Set<SymbolicTensor>();
  let last: SymbolicTensor | undefined;
  for (const { layer, inputs, outputs } of calls) {
    if (lost.has(layer) || inputs.some((input) => unusable.has(input)))
      for (const output of outputs) unusable.add(output);
    else if (isMap(outputs[0]!)) last = outputs[0]!;
  }
  return last;
}

/** All layers that a tensor is computed by. */
export function layersBefore(tensor: SymbolicTensor): ReadonlySet<Layer> {
  const layers = new Set<Layer>();
  const seen = new Set<SymbolicTensor>();
  const waiting = [tensor];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    layers.add(next.call.layer);
    waiting.push(...next.call.inputs);
  }
  return layers;
}

/** Values at places of a picture; at one place there is nothing left to pool. */
function isMap({ shape }: SymbolicTensor): boolean {
  return shape.length === 4 && Number(shape[1]) * Number(shape[2]) > 1;
}
