import { preprocessing } from "../applications/preprocessing.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import type { Draw } from "./draw.ts";
import { type FloatImage, withData } from "./floatImage.ts";
import type { GeneratorPipeline } from "./pipeline.ts";
import { ViewRenderer } from "./view.ts";

/**
 * Applies draws to pictures of bytes the way features are computed, bit for bit, so that a generator's pictures and the views of
 * a training are the same. Keeps one renderer a size.
 */
export class ByteViews {
  readonly #renderers = new Map<string, ViewRenderer>();

  /** The transformed picture, values 0 to 255; undefined where the picture is not three channels of bytes. */
  apply(image: FloatImage, pipeline: GeneratorPipeline, draw: Draw): FloatImage | undefined {
    const bytes = bytesOf(image);
    if (bytes === undefined) return undefined;
    const planes = new Float32Array(image.data.length);
    this.#renderer(image).render(bytes, pipeline, draw, planes);
    const pixels = image.width * image.height;
    const data = new Float32Array(planes.length);
    for (let c = 0; c < 3; c++) {
      for (let i = 0; i < pixels; i++) data[i * 3 + c] = planes[c * pixels + i]!;
    }
    return withData(image, data);
  }

  #renderer({ width, height }: FloatImage): ViewRenderer {
    const key = `${width} ${height}`;
    const known = this.#renderers.get(key);
    if (known !== undefined) return known;
    const made = new ViewRenderer(preprocessing("none", { width, height, filter: "nearest" }));
    this.#renderers.set(key, made);
    return made;
  }
}

/** A picture of three channels of bytes; undefined where it is none. */
export function bytesOf({ width, height, channels, data }: FloatImage): PixelImage | undefined {
  if (channels !== 3) return undefined;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    bytes[i] = value;
    if (bytes[i] !== value) return undefined;
  }
  return { width, height, data: bytes };
}
