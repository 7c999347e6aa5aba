import { operators } from "../ops/index.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface EluConfig {
  readonly alpha: number;
}

const eluDefinition = defineLayer<EluConfig>({
  kind: "ELU",
  call: ({ g, inputs, config }) => g.apply(operators.elu, [inputs[0]!], { alpha: config.alpha }),
});

/** x where x > 0, else alpha · (e^x - 1) (alpha: default 1; Clevert et al. 2015). Output: the input's shape. */
export function elu(options: LayerOptions & Partial<EluConfig> = {}): DefinedLayer<EluConfig> {
  return new DefinedLayer(eluDefinition, { alpha: options.alpha ?? 1 }, options);
}
