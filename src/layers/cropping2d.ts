import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { checkSides, type Pair, type Sides } from "./arguments.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { pictureSize } from "./layout.ts";

export interface CroppingConfig {
  readonly cropping: Sides;
}

const cropping2dDefinition = defineLayer<CroppingConfig>({
  kind: "Cropping2D",
  call: ({ g, context, inputs, config }) => {
    const [x] = inputs;
    const sizes = pictureSize(context.path, x!.type.shape);
    if (sizes.some((size, axis) => config.cropping[axis]![0] + config.cropping[axis]![1] >= size)) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `${context.path}: cropping ${JSON.stringify(config.cropping)} leaves nothing of pictures of ${sizes.join(" x ")} pixels.`,
      );
    }
    const [[top, bottom], [left, right]] = config.cropping;
    const rows = crop(g, x!, 2, top, sizes[0] - bottom);
    return crop(g, rows, 3, left, sizes[1] - right);
  },
});

/** Rows (axis 2) or columns (axis 3) `start` up to but not including `end` of pictures [batch, channels, height, width]. */
export function crop(g: GraphBuilder, x: Value, axis: 2 | 3, start: number, end: number): Value {
  const isWhole = start === 0 && end === x.type.shape[axis];
  return isWhole ? x : g.apply(operators.slice, [x], { axis, start, end });
}

/**
 * Cuts rows and columns off each side. Input [batch, height, width, channels], output the same with fewer rows and columns.
 *
 * @param options - `cropping`: one number, [height, width], or [[top, bottom], [left, right]]. Default 0.
 */
export function cropping2D(
  options: LayerOptions & { readonly cropping?: Pair | Sides } = {},
): DefinedLayer<CroppingConfig> {
  const cropping = checkSides("cropping2d: cropping", options.cropping ?? 0);
  return new DefinedLayer(cropping2dDefinition, { cropping }, options);
}
