import { DefinedLayer } from "../layers/definition.ts";
import type { Layer } from "../layers/layer.ts";
import type { Model } from "../models/functional.ts";
import { describeLayer } from "./classifierBundle.ts";

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
  return layers.map((layer) => ({
    name: layer.name,
    layer: layer instanceof DefinedLayer ? describeLayer(layer) : layer.name,
    state: stateOf(layer),
    parameters: layer.countParams(),
  }));
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
