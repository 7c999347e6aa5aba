import { DefinedLayer } from "../layers/definition.ts";
import { add, depthwiseConv2D, rescaling } from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import type { Parameter } from "../layers/parameter.ts";
import type { Shape } from "../tensor/shape.ts";
import { arithmeticLayer, operandOf } from "./arithmetic.ts";
import { refusal } from "./refusal.ts";

/**
 * The layer that does the same in every version of Keras: for a layer that adds or multiplies by a number, an operation in Keras, no
 * layer.
 */
export function withoutOperation(layer: Layer): Layer {
  const operand = operandOf(layer);
  return operand === undefined ? layer : arithmeticLayer(layer.kind, operand, layer.name, layer.name);
}

/**
 * What Keras 2 and TensorFlow.js have in place of a layer: a depthwise convolution of one pixel for LayerScale, else the layer itself.
 *
 * @throws PermafrostError MODEL_UNSUPPORTED for a LayerScale of other values than maps.
 */
export function keras2Layer(layer: Layer): Layer {
  if (layer.kind !== "LayerScale") return withoutOperation(layer);
  const { name, trainable } = layer;
  const [gamma] = layer.ownParameters;
  if (gamma?.engineShape.length !== 3)
    throw refusal(
      `layer ${name} (${layer.kind})`,
      "Keras 2, whose files TensorFlow.js reads, has nothing like it for values without rows and columns",
    );
  const made = depthwiseConv2D({ kernelSize: 1, useBias: false, name, trainable });
  made.build([["batch", 1, 1, gamma.size]]);
  return made;
}

/** A weight's name and shape in TensorFlow.js's files. */
export function keras2Weight({ kind, name }: Layer, parameter: Parameter): { name: string; shape: Shape } {
  const { size, shape } = parameter;
  if (kind === "LayerScale") return { name: `${name}/depthwise_kernel`, shape: [1, 1, size, 1] };
  const isDepthwise = kind === "DepthwiseConv2D" && parameter.name === "kernel";
  return { name: `${name}/${isDepthwise ? "depthwise_kernel" : parameter.name}`, shape };
}

/** The two layers that together are a CustomScaleLayer, a + b · scale: of b, and of a and what the first one gives. */
export function scaledSum(layer: Layer): { readonly scaled: Layer; readonly sum: Layer } | undefined {
  if (layer.kind !== "CustomScaleLayer" || !(layer instanceof DefinedLayer)) return undefined;
  const { scale } = layer.config as { readonly scale: number };
  const { name } = layer;
  return { scaled: rescaling({ scale, name: `${name}_scaled` }), sum: add({ name }) };
}
