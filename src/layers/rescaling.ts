import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface RescalingConfig {
  readonly scale: number;
  readonly offset: number;
}

const rescalingDefinition = defineLayer<RescalingConfig>({
  kind: "Rescaling",
  call: ({ g, inputs, config }) => {
    const scaled = g.apply(operators.mul, [inputs[0]!, g.constant(scalar(config.scale), "scale")], {});
    return g.apply(operators.add, [scaled, g.constant(scalar(config.offset), "offset")], {});
  },
});

/** x · scale + offset, always on. Offset defaults to 0. Output: the input's shape. */
export function rescaling(
  options: LayerOptions & { readonly scale: number; readonly offset?: number },
): DefinedLayer<RescalingConfig> {
  return new DefinedLayer(
    rescalingDefinition,
    { scale: options.scale, offset: options.offset ?? 0 },
    options,
  );
}
