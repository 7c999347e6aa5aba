import type { Layer } from "../../layers/layer.ts";
import type { Parameter } from "../../layers/parameter.ts";
import { Model } from "../../models/functional.ts";

/** Historical ways of choosing what is trained; see `CompileOptions.compat`. */
export type TrainingCompat = "keras-2.0.8";

/** The weights that training changes, by path, as `trainable` is set now. */
export function trainedWeights(model: Model, compat?: TrainingCompat): ReadonlyMap<string, Parameter> {
  const shownFrozen = compat === undefined ? [] : model.layers.filter(isFrozenModel);
  const trainable = new Set([
    ...model.trainableWeights,
    ...shownFrozen.flatMap(({ weights }) => weights.filter(({ createdTrainable }) => createdTrainable)),
  ]);
  return new Map([...model.namedParameters()].filter(([, parameter]) => trainable.has(parameter)));
}

function isFrozenModel(layer: Layer): boolean {
  return layer instanceof Model && !layer.trainable;
}
