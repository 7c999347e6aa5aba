import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import type { Pair } from "./arguments.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";

export interface ZeroPaddingConfig {
  /** [[top, bottom], [left, right]]. */
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
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
  options: LayerOptions & { readonly padding?: Pair | ZeroPaddingConfig["padding"] } = {},
): DefinedLayer<ZeroPaddingConfig> {
  const padding = options.padding ?? 1;
  const [rows, columns] = typeof padding === "number" ? [padding, padding] : padding;
  const both = (side: number | readonly [number, number]): readonly [number, number] =>
    typeof side === "number" ? [side, side] : side;
  const config: ZeroPaddingConfig = { padding: [both(rows), both(columns)] };
  if (!config.padding.flat().every((size) => Number.isInteger(size) && size >= 0)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `zeroPadding2d: padding: expected whole numbers of 0 or more, got ${JSON.stringify(padding)}.`,
    );
  }
  return new DefinedLayer(zeroPadding2dDefinition, config, options);
}
