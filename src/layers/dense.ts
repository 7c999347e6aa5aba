import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { showShape } from "../tensor/shape.ts";
import { type ActivationName, activations, resolveActivation } from "./activations.ts";
import { checkCount } from "./arguments.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { knownSize } from "./layout.ts";
import { biasSpec, kernelSpec, type WeightConfig, type WeightOptions, weightConfig } from "./weightConfig.ts";

export interface DenseConfig extends WeightConfig {
  readonly units: number;
  readonly activation: ActivationName;
}

export interface DenseOptions extends LayerOptions, WeightOptions {
  /** Size of the output. */
  readonly units: number;
  /** Default none. */
  readonly activation?: string | null;
}

const denseDefinition = defineLayer<DenseConfig>({
  kind: "Dense",
  parameters: ([x], config) => {
    if (x?.length !== 2) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `dense: expected input [batch, features], got ${x === undefined ? "nothing" : showShape(x)}. Put flatten() or globalAveragePooling2D() before it.`,
      );
    }
    const features = knownSize(x, 1);
    // The engine reads a kernel held by units in longer rows: a step of the book's head takes about a tenth less.
    const engine = { permutation: [1, 0], shape: [config.units, features] };
    const kernel = kernelSpec("kernel", [features, config.units], config, engine);
    return [kernel, ...biasSpec(config.units, config)];
  },
  call: ({ g, inputs, parameters, config }) => {
    const { kernel, bias } = parameters;
    const product = g.apply(operators.matMul, [inputs[0]!, kernel!], { transposeB: true });
    const sum = bias === undefined ? product : g.apply(operators.add, [product, bias], {});
    return activations[config.activation](g, sum);
  },
});

/**
 * Fully connected: activation(x · kernel + bias).
 * Input [batch, features], output [batch, units]; kernel [features, units] (glorotUniform), bias [units] (zeros).
 */
export function dense(options: DenseOptions): DefinedLayer<DenseConfig> {
  const config: DenseConfig = {
    ...weightConfig(options),
    units: checkCount("dense: units", options.units),
    activation: resolveActivation(options.activation),
  };
  return new DefinedLayer(denseDefinition, config, options);
}
