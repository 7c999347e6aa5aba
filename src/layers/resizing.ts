import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import type { Interpolation } from "../ops/resampling.ts";
import { checkCount, checkInterpolation } from "./arguments.ts";
import { crop } from "./cropping2d.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { knownSize, pictureSize } from "./layout.ts";

type Size = readonly [height: number, width: number];

export interface ResizingConfig {
  readonly height: number;
  readonly width: number;
  readonly interpolation: Interpolation;
  /** Cut the largest part of the wanted proportions out of the middle first. */
  readonly cropToAspectRatio: boolean;
  /** Put pictures into the middle of the wanted proportions first. */
  readonly padToAspectRatio: boolean;
  readonly fillValue: number;
  /** Widen the window when shrinking, so that every pixel counts. */
  readonly antialias: boolean;
}

const resizingDefinition = defineLayer<ResizingConfig>({
  kind: "Resizing",
  call: ({ g, context, inputs, config }) => {
    const size: Size = [config.height, config.width];
    let x = inputs[0]!;
    pictureSize(context.path, x.type.shape);
    if (config.cropToAspectRatio) x = cropToProportions(g, x, size);
    if (config.padToAspectRatio) x = padToProportions(g, x, size, config.fillValue);
    const { interpolation, antialias } = config;
    return g.apply(operators.resize2d, [x], { size, interpolation, antialias });
  },
});

/** The largest part of these proportions in the middle. */
export function cropToProportions(g: GraphBuilder, x: Value, [height, width]: Size): Value {
  const [rows, columns] = sizeOf(x);
  const kept = [
    Math.max(Math.min(rows, proportional(columns * height, width)), 1),
    Math.max(Math.min(columns, proportional(rows * width, height)), 1),
  ] as const;
  const [top, left] = [Math.floor((rows - kept[0]) / 2), Math.floor((columns - kept[1]) / 2)];
  return crop(g, crop(g, x, 2, top, top + kept[0]), 3, left, left + kept[1]);
}

/** The same margin at opposite sides, as Keras does: one pixel that is left over is not added. */
function padToProportions(g: GraphBuilder, x: Value, [height, width]: Size, value: number): Value {
  const [rows, columns] = sizeOf(x);
  const margin = [
    0,
    0,
    Math.floor((Math.max(rows, proportional(columns * height, width)) - rows) / 2),
    Math.floor((Math.max(columns, proportional(rows * width, height)) - columns) / 2),
  ];
  return margin.every((pixels) => pixels === 0)
    ? x
    : g.apply(operators.pad, [x], { before: margin, after: margin, value });
}

/** A quotient cut to whole pixels, in float32 as in Keras. */
function proportional(product: number, by: number): number {
  return Math.trunc(Math.fround(product / by));
}

function sizeOf(x: Value): Size {
  return [knownSize(x.type.shape, 2), knownSize(x.type.shape, 3)];
}

/**
 * Pictures at another size, always on: what `tf.image.resize` computes. Input [batch, h, w, channels], output [batch,
 * height, width, channels]. Values of whole-number pictures are not rounded back, as in Keras for float input.
 *
 * Defaults: "bilinear", neither cropped nor padded, fillValue 0, no antialias.
 *
 * @throws PermafrostError INVALID_ARGUMENT when cropping and padding are both asked for.
 */
export function resizing(
  options: LayerOptions & Pick<ResizingConfig, "height" | "width"> & Partial<ResizingConfig>,
): DefinedLayer<ResizingConfig> {
  const config: ResizingConfig = {
    height: checkCount("resizing: height", options.height),
    width: checkCount("resizing: width", options.width),
    interpolation: checkInterpolation("resizing", options.interpolation ?? "bilinear"),
    cropToAspectRatio: options.cropToAspectRatio ?? false,
    padToAspectRatio: options.padToAspectRatio ?? false,
    fillValue: options.fillValue ?? 0,
    antialias: options.antialias ?? false,
  };
  if (config.cropToAspectRatio && config.padToAspectRatio) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "resizing: only one of cropToAspectRatio and padToAspectRatio can be true.",
    );
  }
  return new DefinedLayer(resizingDefinition, config, options);
}
