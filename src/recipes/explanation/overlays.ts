import path from "node:path";
import type { Preprocessing } from "../../applications/preprocessing.ts";
import type { Heatmap } from "../../evaluation/explain/explainer.ts";
import { overlayHeatmap } from "../../evaluation/explain/overlay.ts";
import { encodeImage } from "../../images/encode.ts";
import type { PixelImage } from "../../images/pixelImage.ts";
import { Resampler } from "../../images/resize.ts";

/** Longer side of an overlay, in pixels. */
const overlaySide = 640;
/** Of a picture on the page. */
const pageSide = 240;

/** The overlay as a PNG file. */
export function overlayFile(
  image: PixelImage,
  heatmap: Heatmap,
  preprocessing: Preprocessing,
): Promise<Uint8Array> {
  const large = overlayHeatmap(sized(image, overlaySide), heatmap, preprocessing);
  return encodeImage({ ...large, channels: 3 }, "png");
}

/** The picture, and the picture with the heatmap, for the page. */
export async function pagePictures(
  image: PixelImage,
  heatmap: Heatmap,
  preprocessing: Preprocessing,
): Promise<readonly [string, string]> {
  const small = sized(image, pageSide);
  return [await dataUri(small), await dataUri(overlayHeatmap(small, heatmap, preprocessing))];
}

function sized(image: PixelImage, side: number): PixelImage {
  const scale = side / Math.max(image.width, image.height);
  return new Resampler().resize(image, {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
    filter: "bilinear",
  });
}

async function dataUri(image: PixelImage): Promise<string> {
  const bytes = await encodeImage({ ...image, channels: 3 }, "jpeg");
  return `data:image/jpeg;base64,${Buffer.from(bytes).toString("base64")}`;
}

/** "cat.1.jpg" explained for dogs: `cat.1-dogs.png`; a number follows where two images have the same name. */
export function overlayName(file: string, className: string, used: Set<string>): string {
  const plain = (text: string) => text.replaceAll(/[^\p{L}\p{N}._-]+/gu, "_");
  const stem = `${plain(path.parse(file).name)}-${plain(className)}`;
  for (let number = 1; ; number++) {
    const name = `${stem}${number === 1 ? "" : `-${number}`}.png`;
    if (used.has(name)) continue;
    used.add(name);
    return name;
  }
}
