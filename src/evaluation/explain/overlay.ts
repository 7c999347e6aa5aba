import { type Preprocessing, shorterSide } from "../../applications/preprocessing.ts";
import type { PixelImage } from "../../images/pixelImage.ts";
import type { Heatmap } from "./explainer.ts";

/** Black, purple, red, orange, light yellow: matplotlib's "inferno" at its quarters; brightness rises along it, so it is read without colour too. */
const colors = [
  [0, 0, 4],
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
] as const;

/** The share of the colour where the map is highest. */
const strongest = 0.75;

/**
 * A picture in grey with a heatmap over it, as bright as it is high. What is not above 0 stays grey; the highest place has the brightest
 * colour.
 *
 * @param picture - The whole picture at any size.
 * @param preprocessing - Which part of it the network saw.
 */
export function overlayHeatmap(
  picture: PixelImage,
  heatmap: Heatmap,
  preprocessing: Preprocessing,
): PixelImage {
  const { width, height } = picture;
  const top = heatmap.values.reduce((a, b) => Math.max(a, b), 0);
  const seen = seenPart(picture, preprocessing);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const grey = 0.299 * picture.data[at]! + 0.587 * picture.data[at + 1]! + 0.114 * picture.data[at + 2]!;
      const [u, v] = [(x + 0.5 - seen.left) / seen.width, (y + 0.5 - seen.top) / seen.height];
      const heat =
        top > 0 && u >= 0 && u <= 1 && v >= 0 && v <= 1 ? Math.max(0, valueAt(heatmap, u, v) / top) : 0;
      const share = strongest * heat;
      const color = colorOf(heat);
      for (let channel = 0; channel < 3; channel++) {
        data[at + channel] = Math.round(grey * (1 - share) + color[channel]! * share);
      }
    }
  }
  return { width, height, data };
}

/** In pixels of the picture: all of it, or the centre that was cut out. */
function seenPart({ width, height }: PixelImage, preprocessing: Preprocessing) {
  if (preprocessing.fit === "stretch") return { left: 0, top: 0, width, height };
  const scale = shorterSide(preprocessing) / Math.min(width, height);
  const [seenWidth, seenHeight] = [preprocessing.width / scale, preprocessing.height / scale];
  return {
    left: (width - seenWidth) / 2,
    top: (height - seenHeight) / 2,
    width: seenWidth,
    height: seenHeight,
  };
}

/** Between the four nearest values, places being the middles of their cells. */
function valueAt({ width, height, values }: Heatmap, u: number, v: number): number {
  const [x, y] = [clamp(u * width - 0.5, width), clamp(v * height - 0.5, height)];
  const [x0, y0] = [Math.floor(x), Math.floor(y)];
  const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
  const row = (line: number) =>
    values[line * width + x0]! * (1 - (x - x0)) + values[line * width + x1]! * (x - x0);
  return row(y0) * (1 - (y - y0)) + row(y1) * (y - y0);
}

function clamp(value: number, length: number): number {
  return Math.min(Math.max(value, 0), length - 1);
}

function colorOf(heat: number): readonly number[] {
  const place = Math.min(heat, 1) * (colors.length - 1);
  const below = Math.min(Math.floor(place), colors.length - 2);
  return colors[below]!.map(
    (value, channel) => value + (colors[below + 1]![channel]! - value) * (place - below),
  );
}

/**
 * The same map smoothed over its neighbours (mean of a square), for methods that speak of single pixels.
 *
 * @param radius - Of the square, in places.
 */
export function smoothed(heatmap: Heatmap, radius: number): Heatmap {
  const { width, height, values } = heatmap;
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sums[(y + 1) * (width + 1) + x + 1] =
        Math.max(0, values[y * width + x]!) +
        sums[y * (width + 1) + x + 1]! +
        sums[(y + 1) * (width + 1) + x]! -
        sums[y * (width + 1) + x]!;
    }
  }
  const smooth = values.map((_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const [left, right] = [Math.max(0, x - radius), Math.min(width, x + radius + 1)];
    const [top, bottom] = [Math.max(0, y - radius), Math.min(height, y + radius + 1)];
    const sum =
      sums[bottom * (width + 1) + right]! -
      sums[top * (width + 1) + right]! -
      sums[bottom * (width + 1) + left]! +
      sums[top * (width + 1) + left]!;
    return sum / ((right - left) * (bottom - top));
  });
  return { ...heatmap, values: smooth };
}
