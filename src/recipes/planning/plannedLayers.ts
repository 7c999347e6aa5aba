import { DefinedLayer } from "../../layers/definition.ts";
import type { Layer } from "../../layers/layer.ts";
import { Model } from "../../models/functional.ts";
import { describeLayer } from "../classifier/classifierBundle.ts";

/** A layer of the model and what training does to it. */
export interface PlannedLayer {
  readonly name: string;
  /** `Dense(2, softmax)`. */
  readonly layer: string;
  /** "random": differs from step to step, so nothing behind it can be stored. */
  readonly state: "frozen" | "trainable" | "random";
  readonly parameters: number;
}

export function describeModel(model: Model): readonly PlannedLayer[] {
  const layers = model.layers.filter(({ kind }) => kind !== "InputLayer");
  return layers.flatMap((layer) =>
    layer instanceof Model
      ? modelParts(layer)
      : [{ name: layer.name, layer: nameOf(layer), state: stateOf(layer), parameters: layer.countParams() }],
  );
}

/** A nested model in one row; where only its upper layers are trained, in two. */
function modelParts(model: Model): readonly PlannedLayer[] {
  const first = model.layers.findIndex((layer) => layer.trainableWeights.length > 0);
  const row = (state: PlannedLayer["state"], layers: readonly Layer[], part: string): PlannedLayer => ({
    name: model.name,
    layer: `${model.name}${part}`,
    state,
    parameters: layers.reduce((sum, layer) => sum + layer.countParams(), 0),
  });
  const below = model.layers.slice(0, first);
  if (!model.trainable || first < 0) return [row("frozen", model.layers, "")];
  if (below.every((layer) => layer.weights.length === 0)) return [row("trainable", model.layers, "")];
  const name = model.layers[first]!.name;
  return [
    row("frozen", below, ` up to ${name}`),
    row("trainable", model.layers.slice(first), ` from ${name} on`),
  ];
}

function nameOf(layer: Layer): string {
  return layer instanceof DefinedLayer ? describeLayer(layer) : layer.name;
}

function stateOf(layer: Layer): PlannedLayer["state"] {
  if (layer.trainableWeights.length > 0) return "trainable";
  return isRandom(layer) ? "random" : "frozen";
}

function isRandom(layer: Layer): boolean {
  if (!(layer instanceof DefinedLayer)) return false;
  const { config, definition } = layer;
  return definition.isRandomPreprocessing === true || definition.drawsInTraining?.(config) === true;
}
