import { type FloatImage, withData } from "../floatImage.ts";
import { intoPicture } from "../transforms/fillMode.ts";
import type { Projection } from "./pipeline.ts";

/** Source x = xx * x + xy * y + x0; source y = yx * x + yy * y + y0, in pixels. */
export interface ProjectionMap {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/**
 * Moves pixels as TensorFlow's ImageProjectiveTransformV3, which Keras 3's random layers use: coordinates in float32; reflected
 * and wrapped ones are kept inside the picture; "constant" blends with the fill value at the edge.
 */
export function project(image: FloatImage, map: ProjectionMap, settings: Projection): FloatImage {
  const { height, width, channels } = image;
  const target = new Float32Array(image.data.length);
  const f = Math.fround;
  const [xx, xy, x0] = [f(map.xx), f(map.xy), f(map.x0)];
  const [yx, yy, y0] = [f(map.yx), f(map.yy), f(map.y0)];
  const sample = settings.interpolation === "nearest" ? readNearest : readBlended;
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sourceX = placed(f(f(f(xx * x) + f(xy * y)) + x0), width, settings.fillMode);
      const sourceY = placed(f(f(f(yx * x) + f(yy * y)) + y0), height, settings.fillMode);
      for (let c = 0; c < channels; c++)
        target[at++] = sample(image, sourceY, sourceX, c, settings.fillValue);
    }
  }
  return withData(image, target);
}

function placed(coordinate: number, length: number, mode: Projection["fillMode"]): number {
  if (mode === "constant") return coordinate;
  const inside =
    mode === "wrap" ? wrap(coordinate, length) : Math.fround(intoPicture(coordinate, length, mode));
  return Math.min(length - 1, Math.max(0, inside));
}

/** TensorFlow counts periods of length - 1, but moves by the length; what ends outside is clamped. */
function wrap(coordinate: number, length: number): number {
  const last = length - 1;
  if (coordinate >= 0 && coordinate <= last) return coordinate;
  if (last === 0) return 0;
  const periods = Math.trunc(Math.fround(coordinate / last));
  return Math.fround(coordinate < 0 ? coordinate + length * (1 - periods) : coordinate - length * periods);
}

function readNearest(image: FloatImage, y: number, x: number, c: number, fill: number): number {
  return pixelAt(image, roundAway(y), roundAway(x), c, fill);
}

function readBlended(image: FloatImage, y: number, x: number, c: number, fill: number): number {
  const f = Math.fround;
  const [row, column] = [Math.floor(y), Math.floor(x)];
  const [down, right] = [f(y - row), f(x - column)];
  const [up, left] = [f(row + 1 - y), f(column + 1 - x)];
  const across = (atRow: number) =>
    f(
      f(left * pixelAt(image, atRow, column, c, fill)) +
        f(right * pixelAt(image, atRow, column + 1, c, fill)),
    );
  return f(f(up * across(row)) + f(down * across(row + 1)));
}

function pixelAt(image: FloatImage, y: number, x: number, c: number, fill: number): number {
  const isInside = y >= 0 && y < image.height && x >= 0 && x < image.width;
  return isInside ? image.data[(y * image.width + x) * image.channels + c]! : fill;
}

/** C's round: halves away from zero. */
function roundAway(value: number): number {
  return value < 0 ? -Math.round(-value) : Math.round(value);
}
