import { operators } from "../ops/index.ts";
import type { Shape } from "../tensor/shape.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { engineAxis } from "./layout.ts";
import { checkInputs, shapesError } from "./merge.ts";

export interface ConcatenateConfig {
  /** The user's axis; -1 is the channels. */
  readonly axis: number;
}

const concatenateDefinition = defineLayer<ConcatenateConfig>({
  kind: "Concatenate",
  call: ({ g, context, inputs, config }) => {
    checkInputs(context.path, inputs);
    const axis = engineAxis(config.axis, inputs[0]!.type.shape.length);
    const others = (shape: Shape) => shape.toSpliced(axis, 1).join();
    const [first] = inputs.map(({ type }) => others(type.shape));
    if (inputs.some(({ type: { shape } }) => others(shape) !== first || shape.length <= axis)) {
      throw shapesError(context.path, inputs, `that agree in every axis but ${config.axis}`);
    }
    return g.apply(operators.concat, inputs, { axis });
  },
});

/** Its inputs one behind the other along an axis (default -1, the channels); all other axes agree. */
export function concatenate(
  options: LayerOptions & Partial<ConcatenateConfig> = {},
): DefinedLayer<ConcatenateConfig> {
  return new DefinedLayer(concatenateDefinition, { axis: options.axis ?? -1 }, options);
}
