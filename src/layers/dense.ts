import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
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
    if (x === undefined || x.length < 2 || x.length > 4) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `dense: expected input [batch, features], [batch, steps, features] or [batch, height, width, features], got ${x === undefined ? "nothing" : showShape(x)}. Put flatten() or reshape() before it.`,
      );
    }
    const features = knownSize(x, -1);
    // The engine reads a kernel held by units in longer rows: a step of the book's head takes about a tenth less.
    const engine = { permutation: [1, 0], shape: [config.units, features] };
    const kernel = kernelSpec("kernel", [features, config.units], config, engine);
    return [kernel, ...biasSpec(config.units, config)];
  },
  call: ({ g, inputs, parameters, config }) => {
    const [x] = inputs;
    const { kernel, bias } = parameters;
    const sum =
      x!.type.shape.length === 2 ? rowProduct(g, x!, kernel!, bias) : placeProduct(g, x!, kernel!, bias);
    return activations[config.activation](g, sum);
  },
});

function rowProduct(g: GraphBuilder, x: Value, kernel: Value, bias: Value | undefined): Value {
  const product = g.apply(operators.matMul, [x, kernel], { transposeB: true });
  return bias === undefined ? product : g.apply(operators.add, [product, bias], {});
}

/** The same at every place of a picture or step of a sequence: a convolution with filters of one pixel. */
function placeProduct(g: GraphBuilder, x: Value, kernel: Value, bias: Value | undefined): Value {
  const [units, features] = kernel.type.shape;
  const filters = g.apply(operators.reshape, [kernel], { shape: [units!, features!, 1, 1] });
  const inputs = bias === undefined ? [filters] : [filters, bias];
  const [batch, steps] = x.type.shape;
  if (x.type.shape.length === 4) return g.apply(operators.conv2d, [x, ...inputs], {});
  const turn = (value: Value) => g.apply(operators.transpose, [value], { permutation: [0, 2, 1] });
  const column = g.apply(operators.reshape, [turn(x)], { shape: [batch!, features!, steps!, 1] });
  const product = g.apply(operators.conv2d, [column, ...inputs], {});
  return turn(g.apply(operators.reshape, [product], { shape: [batch!, units!, steps!] }));
}

/**
 * Fully connected: activation(x · kernel + bias), over the last axis.
 * Input [batch, ..., features], output [batch, ..., units], with none, one or two axes between; kernel [features, units]
 * (glorotUniform), bias [units] (zeros).
 */
export function dense(options: DenseOptions): DefinedLayer<DenseConfig> {
  const config: DenseConfig = {
    ...weightConfig(options),
    units: checkCount("dense: units", options.units),
    activation: resolveActivation(options.activation),
  };
  return new DefinedLayer(denseDefinition, config, options);
}
