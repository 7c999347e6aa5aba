import type { PerChannel, Preprocessing } from "../applications/preprocessing.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import { align, PixelWorkspace } from "../images/pixelWorkspace.ts";
import { channelScaling, Preprocessor, requestFor } from "../images/preprocess.ts";
import { applyColourAndFlips } from "./applyTransform.ts";
import { invalid } from "./checks.ts";
import { type Draw, isIdentityDraw } from "./draw.ts";
import type { FloatImage } from "./floatImage.ts";
import { type AugmentationPipeline, fillModes, type GeneratorPipeline } from "./pipeline.ts";
import { applyLayers } from "./randomLayers/apply.ts";
import type { TransformParameters } from "./transformParameters.ts";
import { type AffineMap, affineMapOf } from "./transforms/affineMap.ts";

/** All that decides a view of a decoded picture: plain JSON, so that it can be sent to a worker thread. */
export interface ViewRecipe {
  readonly preprocessing: Preprocessing;
  /** null: no augmentation. */
  readonly pipeline: AugmentationPipeline | null;
  /** null: no draw; then the view is what `Preprocessor` makes, bit for bit. */
  readonly draw: Draw | null;
}

/**
 * Makes views of pictures: resize to the network's size, transform as the draw says on values from 0 to 255, normalise.
 *
 * The bits of a view depend on the picture's pixels and the recipe alone. Warp, flips and normalisation are one pass in
 * WebAssembly; channel shift, brightness and the random layers follow in TypeScript. Not for two callers at once.
 */
export class ViewRenderer {
  readonly #preprocessing: Preprocessing;
  readonly #preprocessor: Preprocessor;
  readonly #workspace = new PixelWorkspace();
  /** Byte offsets of the three planes of a result; the resampled bytes follow. */
  readonly #planes: readonly [number, number, number];
  readonly #resampled: number;

  /** @throws PermafrostError INVALID_ARGUMENT or UNKNOWN_NAME for a record that makes no sense. */
  constructor(preprocessing: Preprocessing) {
    this.#preprocessing = preprocessing;
    this.#preprocessor = new Preprocessor(preprocessing);
    const planeBytes = align(preprocessing.width * preprocessing.height * 4);
    this.#planes = [0, planeBytes, planeBytes * 2];
    this.#resampled = planeBytes * 3;
  }

  /**
   * @param into - Receives [3, height, width].
   * @throws PermafrostError INVALID_ARGUMENT where draw and pipeline do not belong together; SHAPE_MISMATCH when `into` has
   *   another length.
   */
  render(
    image: PixelImage,
    pipeline: AugmentationPipeline | null,
    draw: Draw | null,
    into: Float32Array,
  ): void {
    if (pipeline === null || draw === null || isIdentityDraw(draw)) {
      this.#preprocessor.run(image, into);
      return;
    }
    const { width, height } = this.#preprocessing;
    if (into.length !== 3 * width * height)
      throw invalid("view", `room for ${3 * width * height} floats`, into.length);
    this.#workspace.resample(image, requestFor(image, this.#preprocessing), this.#resampled);
    if (pipeline.kind === "generator" && draw.kind === "generator") {
      this.#renderGenerator(pipeline, draw.parameters, into);
    } else if (pipeline.kind === "layers" && draw.kind === "layers") {
      const bytes = this.#workspace.bytes(this.#resampled, 3 * width * height);
      const resized: FloatImage = { height, width, channels: 3, data: Float32Array.from(bytes) };
      this.#normalizeInto(applyLayers(resized, pipeline.layers, draw.steps), into);
    } else {
      throw invalid("draw", `a draw of kind ${pipeline.kind}, as its pipeline`, draw.kind);
    }
  }

  #renderGenerator(pipeline: GeneratorPipeline, parameters: TransformParameters, into: Float32Array): void {
    const isPlain = parameters.channelShiftIntensity === null && parameters.brightness === null;
    this.#warp(pipeline, parameters, isPlain ? channelScaling(this.#preprocessing) : unscaled);
    const { width, height, order } = this.#preprocessing;
    const pixels = width * height;
    const planes = this.#planes.map((plane) => this.#workspace.floats(plane, pixels));
    if (isPlain) {
      for (const [channel, plane] of planes.entries()) {
        into.set(plane, (order === "rgb" ? channel : 2 - channel) * pixels);
      }
      return;
    }
    const data = new Float32Array(pixels * 3);
    for (const [channel, plane] of planes.entries()) {
      for (let i = 0; i < pixels; i++) data[i * 3 + channel] = plane[i]!;
    }
    // Flips are part of the warp already; the other steps do not mind the order.
    const colours = { ...parameters, flipHorizontal: false, flipVertical: false };
    this.#normalizeInto(applyColourAndFlips({ width, height, channels: 3, data }, colours, pipeline), into);
  }

  #warp(
    pipeline: GeneratorPipeline,
    parameters: TransformParameters,
    { factors, offsets }: { readonly factors: PerChannel; readonly offsets: PerChannel },
  ): void {
    const { width, height } = this.#preprocessing;
    const map = affineMapOf(parameters, pipeline.compat, height, width);
    const { rr, rc, row0, cr, cc, column0 } = map ?? inPlace;
    this.#workspace.kernels.warpAffine(
      this.#resampled,
      width,
      height,
      ...this.#planes,
      ...([rr, rc, row0, cr, cc, column0] as const),
      fillModes.indexOf(pipeline.fillMode),
      pipeline.cval,
      pipeline.interpolationOrder,
      parameters.flipHorizontal ? 1 : 0,
      parameters.flipVertical ? 1 : 0,
      ...factors,
      ...offsets,
    );
  }

  /** [height, width, 3] to normalised [3, height, width], rounded as the kernels round. */
  #normalizeInto(image: FloatImage, into: Float32Array): void {
    const { width, height, order } = this.#preprocessing;
    if (image.width !== width || image.height !== height) {
      throw invalid("view", `a picture of ${height} x ${width} after the random layers`, [
        image.height,
        image.width,
      ]);
    }
    const { factors, offsets } = channelScaling(this.#preprocessing);
    const pixels = width * height;
    for (let c = 0; c < 3; c++) {
      const factor = Math.fround(factors[c]!);
      const offset = Math.fround(offsets[c]!);
      const plane = (order === "rgb" ? c : 2 - c) * pixels;
      for (let i = 0; i < pixels; i++)
        into[plane + i] = Math.fround(image.data[i * 3 + c]! * factor) + offset;
    }
  }
}

const inPlace: AffineMap = { rr: 1, rc: 0, row0: 0, cr: 0, cc: 1, column0: 0 };
const unscaled = { factors: [1, 1, 1], offsets: [0, 0, 0] } as const;

/** One view on its own, [3, height, width]; for many pictures keep a `ViewRenderer`. */
export function renderView(image: PixelImage, recipe: ViewRecipe): Float32Array {
  const { preprocessing, pipeline, draw } = recipe;
  const into = new Float32Array(3 * preprocessing.width * preprocessing.height);
  new ViewRenderer(preprocessing).render(image, pipeline, draw, into);
  return into;
}
