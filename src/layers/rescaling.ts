import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { float32, scalar } from "../tensor/tensor.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface RescalingConfig {
  /** One number, or one a channel. */
  readonly scale: number | readonly number[];
  readonly offset: number | readonly number[];
}

const rescalingDefinition = defineLayer<RescalingConfig>({
  kind: "Rescaling",
  call: ({ g, inputs, config }) => {
    const x = inputs[0]!;
    const scaled = g.apply(operators.mul, [x, channelwise(g, x, config.scale, "scale")], {});
    // Adding 0 is one more walk over whole pictures for nothing.
    if ([config.offset].flat().every((offset) => offset === 0)) return scaled;
    return g.apply(operators.add, [scaled, channelwise(g, x, config.offset, "offset")], {});
  },
});

/** A constant that stretches over x. */
function channelwise(g: GraphBuilder, x: Value, values: number | readonly number[], name: string): Value {
  if (typeof values === "number") return g.constant(scalar(values), name);
  const shape = x.type.shape.length === 4 ? [values.length, 1, 1] : [values.length];
  return g.constant(float32(shape, values), name);
}

/** x · scale + offset, always on; both one number or one a channel. Offset defaults to 0. Output: the input's shape. */
export function rescaling(
  options: LayerOptions & Pick<RescalingConfig, "scale"> & Partial<RescalingConfig>,
): DefinedLayer<RescalingConfig> {
  return new DefinedLayer(
    rescalingDefinition,
    { scale: options.scale, offset: options.offset ?? 0 },
    options,
  );
}
