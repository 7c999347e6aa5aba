import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import type { PoolAttributes } from "../ops/pooling.ts";
import { checkPair, type Pair } from "./arguments.ts";
import { checkPadding, margins, type Padding } from "./convolution.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { knownSize } from "./layout.ts";

/** What poolings over windows have in common. */
export interface PoolingConfig {
  readonly poolSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
}

export interface PoolingOptions extends LayerOptions {
  /** Default 2. */
  readonly poolSize?: Pair;
  /** Default (also null): poolSize. */
  readonly strides?: Pair | null;
  /** Default "valid". */
  readonly padding?: Padding;
}

/**
 * A kind of pooling.
 *
 * @param kind - The Keras class name.
 * @param pool - Adds the operator; padding counts for neither the maximum nor the mean.
 */
export function poolingLayer(
  kind: string,
  pool: (g: GraphBuilder, x: Value, attributes: PoolAttributes) => Value,
): (options: PoolingOptions) => DefinedLayer<PoolingConfig> {
  const definition = defineLayer<PoolingConfig>({
    kind,
    call: ({ g, inputs, config }) => {
      const [x] = inputs;
      const [top, bottom] = marginsOf(x!, config, 0);
      const [left, right] = marginsOf(x!, config, 1);
      const { poolSize: size, strides } = config;
      return pool(g, x!, { size, strides, pads: [top, left, bottom, right] });
    },
  });
  return (options) => {
    const poolSize = checkPair(`${kind}: poolSize`, options.poolSize ?? 2);
    const strides = checkPair(`${kind}: strides`, options.strides ?? poolSize);
    return new DefinedLayer(
      definition,
      { poolSize, strides, padding: checkPadding(kind, options.padding) },
      options,
    );
  };
}

function marginsOf(x: Value, config: PoolingConfig, axis: 0 | 1): readonly [number, number] {
  return margins(knownSize(x.type.shape, axis + 2), config.poolSize[axis], config.strides[axis], 1, config);
}
