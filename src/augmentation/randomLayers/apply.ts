import { invalid } from "../checks.ts";
import { type FloatImage, withData } from "../floatImage.ts";
import { cut } from "../transforms/cut.ts";
import { flipHorizontally, flipVertically } from "../transforms/flip.ts";
import { resizeHalfPixel } from "../transforms/resizeHalfPixel.ts";
import type { LayerDraw } from "./draw.ts";
import type { RandomLayer } from "./pipeline.ts";
import { type ProjectionMap, project } from "./project.ts";

/**
 * Does what a draw says for each layer, in order, as Keras 3.15 on TensorFlow.
 *
 * @throws PermafrostError INVALID_ARGUMENT where draws and layers do not belong together.
 */
export function applyLayers(
  image: FloatImage,
  layers: readonly RandomLayer[],
  steps: readonly LayerDraw[],
): FloatImage {
  if (layers.length !== steps.length) throw invalid("draw", `${layers.length} steps`, steps.length);
  return layers.reduce((result, layer, i) => applyLayer(result, layer, steps[i]!), image);
}

/** One layer of `applyLayers`. */
export function applyLayer(image: FloatImage, layer: RandomLayer, draw: LayerDraw): FloatImage {
  const key = `${layer.type} ${draw.type}`;
  if (layer.type === "randomFlip" && draw.type === "randomFlip") {
    const turned = draw.flipHorizontal ? flipHorizontally(image) : image;
    return draw.flipVertical ? flipVertically(turned) : turned;
  }
  if (layer.type === "randomRotation" && draw.type === "randomRotation") {
    return project(image, rotation(draw.turn, image), layer);
  }
  if (layer.type === "randomZoom" && draw.type === "randomZoom") {
    return project(image, zoom(draw.height, draw.width, image), layer);
  }
  if (layer.type === "randomTranslation" && draw.type === "randomTranslation") {
    const [x0, y0] = [-draw.width * image.width, -draw.height * image.height];
    return project(image, { xx: 1, xy: 0, x0, yx: 0, yy: 1, y0 }, layer);
  }
  if (layer.type === "randomContrast" && draw.type === "randomContrast") {
    return contrast(image, draw.factor, layer.valueRange);
  }
  if (layer.type === "randomBrightness" && draw.type === "randomBrightness") {
    const [low, high] = layer.valueRange;
    const delta = Math.fround(draw.delta * (high - low));
    return limited(image, (value) => Math.fround(value + delta), layer.valueRange);
  }
  if (layer.type === "randomCrop" && draw.type === "randomCrop") {
    return crop(image, layer.height, layer.width, draw.top, draw.left);
  }
  throw invalid("draw", `a draw of ${layer.type}`, key);
}

/** About the centre; a positive turn goes counter-clockwise. */
function rotation(turn: number, { width, height }: FloatImage): ProjectionMap {
  const angle = turn * 2 * Math.PI;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [(width - 1) / 2, (height - 1) / 2];
  return { xx: cos, xy: -sin, x0: x - cos * x + sin * y, yx: sin, yy: cos, y0: y - sin * x - cos * y };
}

/** About the centre; a positive change zooms out. */
function zoom(byHeight: number, byWidth: number, { width, height }: FloatImage): ProjectionMap {
  const [xx, yy] = [1 + byWidth, 1 + byHeight];
  return { xx, xy: 0, x0: ((width - 1) / 2) * (1 - xx), yx: 0, yy, y0: ((height - 1) / 2) * (1 - yy) };
}

function contrast(image: FloatImage, factor: number, range: readonly [number, number]): FloatImage {
  const means = channelMeans(image);
  const by = Math.fround(factor);
  const spread = (value: number, c: number) =>
    Math.fround(Math.fround(Math.fround(value - means[c]!) * by) + means[c]!);
  return limited(image, spread, range);
}

function channelMeans({ data, channels }: FloatImage): number[] {
  const sums = new Float64Array(channels);
  for (let i = 0; i < data.length; i++) sums[i % channels]! += data[i]!;
  return Array.from(sums, (sum) => Math.fround((sum * channels) / data.length));
}

function limited(
  image: FloatImage,
  change: (value: number, channel: number) => number,
  [low, high]: readonly [number, number],
): FloatImage {
  const { channels } = image;
  return withData(
    image,
    image.data.map((value, i) => Math.min(high, Math.max(low, change(value, i % channels)))),
  );
}

/**
 * Cuts out a part. A picture that is not larger in both directions is cut from the corner that a crop of the
 * target's aspect ratio would have, as far as it goes, and resized: Keras's own way.
 */
function crop(
  image: FloatImage,
  height: number,
  width: number,
  top: number | null,
  left: number | null,
): FloatImage {
  const aspectHeight = Math.max(1, Math.min(image.height, Math.trunc((image.width * height) / width)));
  const aspectWidth = Math.max(1, Math.min(image.width, Math.trunc((image.height * width) / height)));
  const firstRow = top ?? Math.trunc((image.height - aspectHeight) / 2);
  const firstColumn = left ?? Math.trunc((image.width - aspectWidth) / 2);
  const rows = Math.min(height, image.height - firstRow);
  const columns = Math.min(width, image.width - firstColumn);
  return resizeHalfPixel(cut(image, firstRow, firstColumn, rows, columns), height, width, "bilinear");
}
