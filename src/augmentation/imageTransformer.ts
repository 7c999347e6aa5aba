import type { Draw } from "./draw.ts";
import type { FloatImage } from "./floatImage.ts";
import type { LegacyRandom } from "./legacyRandom.ts";
import type { GeneratorPipeline } from "./pipeline.ts";
import type { ImageShape, TransformParameters } from "./transformParameters.ts";

/** What an iterator needs of its generator. */
export interface ImageTransformer {
  readonly pipeline: GeneratorPipeline;
  readonly validationSplit: number;
  /** In compat modes the one stream that order and transforms share; else undefined. */
  readonly legacyRandom: LegacyRandom | undefined;
  getRandomTransform(shape: ImageShape): TransformParameters;
  applyDraw(image: FloatImage, draw: Draw | undefined): FloatImage;
  standardize(image: FloatImage): FloatImage;
}
