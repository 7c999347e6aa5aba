import { type PerChannel, type Preprocessing, preprocessing, type ResampleFilter } from "../preprocessing.ts";

/** Pixels of a network's input. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

/** How pictures are prepared for a network: the shorter side scaled to `resizeTo` pixels, the middle `crop` of them cut out. */
export interface TorchPictures {
  readonly resizeTo: number;
  readonly crop: number;
  readonly filter: ResampleFilter;
  /** Of pixels from 0 to 1. Default: ImageNet's. */
  readonly mean?: PerChannel;
  readonly std?: PerChannel;
}

/** Of torchvision's first weights of nearly all networks (`IMAGENET1K_V1`). */
export const usualPictures: TorchPictures = { resizeTo: 256, crop: 224, filter: "bilinear" };

/** Pixels from -1 to 1, as TensorFlow's networks take them. */
export const halves = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

/** The same share of the picture at any size; pixels from 0 to 1, then mean and deviation. */
export function torchPreprocessing(
  { resizeTo, crop, filter, mean, std }: TorchPictures,
  size: PictureSize,
): Preprocessing {
  const larger = Math.max(size.height, size.width);
  const prepared = preprocessing("torch", {
    ...size,
    filter,
    fit: "crop",
    resizeTo: Math.round((larger * resizeTo) / crop),
  });
  return { ...prepared, mean: mean ?? prepared.mean, std: std ?? prepared.std };
}
