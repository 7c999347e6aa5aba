import { type ActivationName, activations, resolveActivation } from "./activations.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface ActivationConfig {
  readonly activation: ActivationName;
}

const activationDefinition = defineLayer<ActivationConfig>({
  kind: "Activation",
  call: ({ g, inputs, config }) => activations[config.activation](g, inputs[0]!),
});

/** An activation function as a layer of its own. Output: the input's shape. */
export function activation(
  options: LayerOptions & { readonly activation: string },
): DefinedLayer<ActivationConfig> {
  return new DefinedLayer(
    activationDefinition,
    { activation: resolveActivation(options.activation) },
    options,
  );
}
