import { PermafrostError } from "../base/errors.ts";
import { DefinedLayer } from "../layers/definition.ts";
import type { Layer, LayerCall, SymbolicTensor } from "../layers/layer.ts";
import { Model } from "./functional.ts";
import { type LayerRecord, layerRecord } from "./structure.ts";

/** How far the random layers reach that a model begins with. */
interface Front {
  readonly layers: readonly LayerRecord[];
  /** Whether nothing else is in the model. */
  readonly complete: boolean;
}

/**
 * The random preprocessing layers that a model begins with, in their order. They are taken out of the network and become
 * part of each view's draw, so that what comes behind them can be stored for each draw. A model inside the model is
 * looked into. Layers called with `training: false` are never random and are passed over.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a random preprocessing layer elsewhere, or one that changes the size of
 *   pictures: those cannot be trained with.
 */
export function hoistedLayers(model: Model): readonly LayerRecord[] {
  const { layers } = frontOf(model);
  const all = randomCalls(model);
  if (all.length > layers.length)
    throw notAtFront(
      model,
      all.map(({ layer }) => layer.name),
      layers,
    );
  for (const { layer, inputs, outputs } of all) {
    const [from, to] = [inputs[0]!.shape, outputs[0]!.shape];
    if (from.every((size, axis) => size === to[axis])) continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${model.name}: ${layer.name} makes pictures of ${to.slice(1, 3).join(" x ")} from ${from.slice(1, 3).join(" x ")}, ` +
        "and a model is trained on pictures of its own size. Make the input as large as the crop and cut pictures out while loading them.",
    );
  }
  return layers;
}

function frontOf({ topology }: Model): Front {
  const layers: LayerRecord[] = [];
  const [input, ...others] = topology.inputs;
  let reached: SymbolicTensor | undefined = others.length === 0 ? input : undefined;
  while (reached !== undefined && !topology.outputs.includes(reached)) {
    const step = stepBehind(reached, topology.calls);
    layers.push(...(step?.layers ?? []));
    if (step?.next === undefined) return { layers, complete: false };
    reached = step.next;
  }
  return { layers, complete: reached !== undefined && topology.outputs.length === 1 };
}

/** What the only layer behind a tensor adds to the front, and its result if the front goes on behind it. */
function stepBehind(
  tensor: SymbolicTensor,
  calls: readonly LayerCall[],
): { readonly layers: readonly LayerRecord[]; readonly next: SymbolicTensor | undefined } | undefined {
  const [call, ...others] = calls.filter((one) => one.inputs.includes(tensor));
  if (call === undefined || others.length > 0) return undefined;
  const [next] = call.outputs;
  if (isRandomPreprocessing(call.layer)) {
    return { layers: call.training === false ? [] : [layerRecord(call.layer)], next };
  }
  if (!(call.layer instanceof Model) || call.training === false) return undefined;
  const { layers, complete } = frontOf(call.layer);
  return { layers, next: complete ? next : undefined };
}

/** All uses of random layers in a model, in the models inside it too. */
function randomCalls({ topology }: Model): readonly LayerCall[] {
  return topology.calls.flatMap((call) => {
    if (call.training === false) return [];
    if (isRandomPreprocessing(call.layer)) return [call];
    return call.layer instanceof Model ? randomCalls(call.layer) : [];
  });
}

function isRandomPreprocessing(layer: Layer): boolean {
  return layer instanceof DefinedLayer && layer.definition.isRandomPreprocessing === true;
}

function notAtFront(model: Model, all: readonly string[], front: readonly LayerRecord[]): PermafrostError {
  const names = new Set(front.map(({ name }) => name));
  const misplaced = all.find((name) => !names.has(name)) ?? all.at(-1);
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${model.name}: ${misplaced} is a random preprocessing layer behind other layers, beside them, or used twice. It can be trained with only ` +
      "at the front of a model, where it becomes part of each view's draw: put it right behind the input, or call it with apply(x, { training: false }).",
    { details: { layer: misplaced } },
  );
}
