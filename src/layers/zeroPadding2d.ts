import { operators } from "../ops/index.ts";
import { checkSides, type Pair, type Sides } from "./arguments.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface ZeroPaddingConfig {
  readonly padding: Sides;
}

const zeroPadding2dDefinition = defineLayer<ZeroPaddingConfig>({
  kind: "ZeroPadding2D",
  call: ({ g, inputs, config }) => {
    const [[top, bottom], [left, right]] = config.padding;
    return g.apply(operators.pad, [inputs[0]!], {
      before: [0, 0, top, left],
      after: [0, 0, bottom, right],
    });
  },
});

/**
 * Zeros around each picture.
 *
 * @param options - `padding`: one number, [height, width], or [[top, bottom], [left, right]]. Default 1.
 */
export function zeroPadding2D(
  options: LayerOptions & { readonly padding?: Pair | Sides } = {},
): DefinedLayer<ZeroPaddingConfig> {
  const padding = checkSides("zeroPadding2d: padding", options.padding ?? 1);
  return new DefinedLayer(zeroPadding2dDefinition, { padding }, options);
}
