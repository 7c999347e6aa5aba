import type { Split } from "../../../data/dataset.ts";
import type { LearningCurve } from "../../review/learningCurve.ts";

/** An image on the page. */
export interface ReviewedImage {
  readonly name: string;
  readonly className: string;
  readonly split: Split;
  readonly thumbnail?: string;
}

/** Where an image is on each map. */
export interface MappedImage extends Pick<ReviewedImage, "name" | "className" | "split"> {
  /** Whether a classifier that has not seen it names it as it is labelled. */
  readonly isRight: boolean;
  /** By principal components. */
  readonly pca: readonly [x: number, y: number];
  /** By UMAP; left out where there are too few images for it. */
  readonly umap?: readonly [x: number, y: number];
}

/** Everything the page about a review shows. */
export interface ReviewReport {
  readonly title: string;
  /** ISO 8601. */
  readonly created: string;
  readonly classNames: readonly string[];
  readonly base: string;
  readonly images: number;
  /** Surest first; those that are shown have thumbnails. */
  readonly issues: readonly (ReviewedImage & {
    readonly suggested: string;
    readonly labelProbability: number;
    readonly suggestedProbability: number;
  })[];
  /** Images that show the same thing, in groups. */
  readonly copies: readonly { readonly similarity: number; readonly images: readonly ReviewedImage[] }[];
  readonly outliers: readonly (ReviewedImage & { readonly deviations: number })[];
  /** Accuracy of the classifiers that had not seen the image. */
  readonly accuracy: number;
  /** Images on maps: of many only some, drawn by lot. */
  readonly map: readonly MappedImage[];
  readonly curve?: LearningCurve;
  /** Files with what can be done about it. */
  readonly lists: readonly { readonly file: string; readonly holds: string; readonly use: string }[];
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  readonly command: string;
  /** Of permafrost. */
  readonly version: string;
}
