import { type Digest, digestOf, sha256 } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import type { Layer } from "../layers/layer.ts";
import { sameShape, showShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Model } from "./functional.ts";

/** A weight as files name it: its path in the model ("dense/kernel"), in Keras's layout. */
export interface NamedWeight {
  readonly name: string;
  readonly tensor: Tensor<"float32">;
}

/** Copies of all weights, by name. */
export function namedWeights(model: Model): NamedWeight[] {
  return [...model.namedParameters()].map(([name, parameter]) => ({ name, tensor: parameter.get() }));
}

/**
 * Sets weights by name, whatever their order; every weight of the model must be there and no other.
 *
 * @throws PermafrostError WEIGHTS_INVALID naming what is missing, too much or of another shape; then none is changed.
 */
export function setNamedWeights(model: Model, weights: readonly NamedWeight[]): void {
  const parameters = model.namedParameters();
  const given = new Map(weights.map(({ name, tensor }) => [name, tensor]));
  for (const name of given.keys()) {
    if (!parameters.has(name))
      throw invalid(model, `has no weight ${name}.${didYouMean(name, [...parameters.keys()])}`);
  }
  for (const [name, parameter] of parameters) {
    const tensor = given.get(name);
    if (tensor === undefined) throw invalid(model, `needs the weight ${name}, which is missing.`);
    if (!sameShape(tensor.shape, parameter.shape)) {
      throw invalid(
        model,
        `weight ${name}: expected shape ${showShape(parameter.shape)}, got ${showShape(tensor.shape)}.`,
      );
    }
  }
  for (const [name, parameter] of parameters) parameter.set(given.get(name)!);
}

function invalid(model: Model, reason: string): PermafrostError {
  return new PermafrostError("WEIGHTS_INVALID", `model ${model.name} ${reason}`);
}

/**
 * SHA-256 over the names, shapes and values (Keras's layout) of a model's weights, and over the models of others in it.
 *
 * @param includes - Which weights count, by name; left out: all.
 */
export function weightsDigest(model: Model, includes: (name: string) => boolean = () => true): Digest {
  const chosen = [...model.namedParameters()].filter(([name]) => includes(name));
  const weights = chosen.map(([name, parameter]) => {
    const { shape, data } = parameter.get();
    return [name, shape, sha256(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
  });
  return digestOf([...weights, ...fixedContents(model)]);
}

function fixedContents({ fixedContent, innerLayers }: Layer): readonly (readonly string[])[] {
  const own = fixedContent === undefined ? [] : [["fixed", fixedContent]];
  return [...own, ...innerLayers.flatMap(fixedContents)];
}
