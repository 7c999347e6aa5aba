import { operators } from "../ops/index.ts";
import { checkCount } from "./arguments.ts";
import { crop } from "./cropping2d.ts";
import { DefinedLayer, defineLayer } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { pictureSize } from "./layout.ts";
import { cropToProportions } from "./resizing.ts";

export interface CenterCropConfig {
  readonly height: number;
  readonly width: number;
}

const centerCropDefinition = defineLayer<CenterCropConfig>({
  kind: "CenterCrop",
  call: ({ g, context, inputs, config: { height, width } }) => {
    const x = inputs[0]!;
    const [rows, columns] = pictureSize(context.path, x.type.shape);
    const top = Math.floor((rows - height) / 2);
    const left = Math.floor((columns - width) / 2);
    if (top >= 0 && left >= 0) return crop(g, crop(g, x, 2, top, top + height), 3, left, left + width);
    const size = [height, width] as const;
    const part = cropToProportions(g, x, size);
    return g.apply(operators.resize2d, [part], { size, interpolation: "bilinear", antialias: false });
  },
});

/**
 * The middle of each picture, always on. Input [batch, h, w, channels], output [batch, height, width, channels]. From
 * pictures that are too small in one direction the largest part of the proportions is cut and resized (bilinear).
 */
export function centerCrop(options: LayerOptions & CenterCropConfig): DefinedLayer<CenterCropConfig> {
  const height = checkCount("centerCrop: height", options.height);
  const width = checkCount("centerCrop: width", options.width);
  return new DefinedLayer(centerCropDefinition, { height, width }, options);
}
