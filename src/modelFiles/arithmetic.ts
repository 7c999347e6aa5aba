import { DefinedLayer } from "../layers/definition.ts";
import { rescaling } from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import { refusal } from "./refusal.ts";
import { layerName } from "./spelling.ts";

/** Keras writes `x + 3` in a functional model as an operation of this module; of two tensors it is what the layer of its name does. */
export const arithmeticModule = "keras.src.ops.numpy";

/** Operations on two tensors that a layer of the same name does too. */
export const arithmeticKinds: ReadonlySet<string> = new Set([
  "Add",
  "Maximum",
  "Minimum",
  "Multiply",
  "Subtract",
]);

/**
 * A tensor and a number: the layer that scales and shifts.
 *
 * @throws PermafrostError MODEL_UNSUPPORTED for other operations.
 */
export function arithmeticLayer(kind: string, operand: number, name: string, where: string): Layer {
  const named = { name: layerName(name) };
  if (kind === "Add") return rescaling({ ...named, scale: 1, offset: operand });
  if (kind === "Subtract") return rescaling({ ...named, scale: 1, offset: -operand });
  if (kind === "Multiply") return rescaling({ ...named, scale: operand });
  throw refusal(
    where,
    `it is called with the number ${operand}, which is only supported for Add, Subtract and Multiply`,
  );
}

/** The number that a layer adds to its only input or multiplies it by: in Keras an operation, no layer. */
export function operandOf(layer: Layer): number | undefined {
  if (!(layer instanceof DefinedLayer)) return undefined;
  const { number } = layer.config as { readonly number?: unknown };
  return typeof number === "number" ? number : undefined;
}
