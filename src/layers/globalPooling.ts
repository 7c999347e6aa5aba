import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { channelsOf } from "./convolution.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

/** What poolings over whole pictures have in common. */
export interface GlobalPoolingConfig {
  readonly keepdims: boolean;
}

export interface GlobalPoolingOptions extends LayerOptions {
  /** Default false: one row of channels a picture. */
  readonly keepdims?: boolean;
}

/**
 * A kind of pooling over whole pictures.
 *
 * @param kind - The Keras class name.
 * @param pool - Adds the operator: [batch, channels, height, width] to [batch, channels, 1, 1].
 */
export function globalPoolingLayer(
  kind: string,
  pool: (g: GraphBuilder, x: Value) => Value,
): (options: GlobalPoolingOptions) => DefinedLayer<GlobalPoolingConfig> {
  const definition = defineLayer<GlobalPoolingConfig>({
    kind,
    parameters: ([x]) => {
      channelsOf(kind, x);
      return [];
    },
    call: ({ g, inputs, config }) => {
      const pooled = pool(g, inputs[0]!);
      if (config.keepdims) return pooled;
      return g.apply(operators.reshape, [pooled], { shape: ["batch", pooled.type.shape[1]!] });
    },
  });
  return (options) => new DefinedLayer(definition, { keepdims: options.keepdims ?? false }, options);
}
