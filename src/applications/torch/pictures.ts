import type { Application } from "../application.ts";
import { type Preprocessing, preprocessing, type ResampleFilter } from "../preprocessing.ts";

/** Pixels of a network's input. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

/** How torchvision prepares pictures for a network: the shorter side scaled to `resizeTo` pixels, the middle `crop` of them cut out. */
export interface TorchPictures {
  readonly resizeTo: number;
  readonly crop: number;
  readonly filter: ResampleFilter;
}

/** Of torchvision's first weights of nearly all networks (`IMAGENET1K_V1`). */
export const usualPictures: TorchPictures = { resizeTo: 256, crop: 224, filter: "bilinear" };

/** The same share of the picture at any size; pixels from 0 to 1, ImageNet's mean and deviation. */
export function torchPreprocessing(
  { resizeTo, crop, filter }: TorchPictures,
  size: PictureSize,
): Preprocessing {
  const larger = Math.max(size.height, size.width);
  return preprocessing("torch", {
    ...size,
    filter,
    fit: "crop",
    resizeTo: Math.round((larger * resizeTo) / crop),
  });
}

/** Says which form of a network a file has led to, and what no such file says. */
export function torchRemark(
  { commandName }: Pick<Application, "commandName">,
  file: string,
  { resizeTo, crop, filter }: TorchPictures,
): string {
  return (
    `${file}: its tensors have PyTorch's names, so ${commandName} is built in torchvision's form, not in Keras's. ` +
    `How pictures are prepared does not stand in the file; torchvision's way is taken: ${filter}, the shorter side to ${resizeTo} for each ${crop} pixels, the middle cut out, ImageNet's mean and deviation.`
  );
}
