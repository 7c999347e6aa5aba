import { type Digest, digestOf } from "../base/digest.ts";

/** Ways to resample a picture, as Pillow names and defines them; all but "nearest" average when they shrink. */
export const resampleFilters = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"] as const;

export type ResampleFilter = (typeof resampleFilters)[number];

/** How a picture of any form becomes one of the network's size. */
export const fits = ["stretch", "crop", "stretchCrop"] as const;

/** Which half is the smaller one of an odd rest: torchvision's rule and that of the image processors of transformers. */
export const oddCrops = ["even", "down"] as const;

/** One number each for red, green and blue. */
export type PerChannel = readonly [red: number, green: number, blue: number];

/**
 * How a decoded picture becomes the input of a base network: float32 [3, height, width].
 *
 * Plain JSON: it stands in bundles and in feature keys as it is. Each value is
 * `(pixel * scale - mean) / std`, pixel 0 to 255.
 */
export interface Preprocessing {
  /** Pixels of the network's input. */
  readonly height: number;
  readonly width: number;
  readonly filter: ResampleFilter;
  /**
   * "stretch" to the size; scale the shorter side and cut out the centre ("crop"); or stretch to a larger square and cut out the
   * centre ("stretchCrop").
   */
  readonly fit: (typeof fits)[number];
  /** Where the centre is cut out: length of the shorter side before that, in pixels. Default the larger of height and width. */
  readonly resizeTo?: number;
  /** Where an odd number of rows or columns is cut away: what the first side loses, as Python's `round` has it ("even", the default) or rounded down. */
  readonly oddCrop?: (typeof oddCrops)[number];
  readonly scale: number;
  /** In red, green, blue order whatever `order` is; in units of the scaled pixel. */
  readonly mean: PerChannel;
  readonly std: PerChannel;
  /** Order of the three planes. */
  readonly order: "rgb" | "bgr";
}

/** The value part of a preprocessing: what Keras calls its mode. */
export type PixelScaling = Pick<Preprocessing, "scale" | "mean" | "std" | "order">;

/**
 * The modes of Keras's `preprocess_input`, "rescale" for a factor of 1/255 (the book's generator), and "none" for
 * networks that scale inside.
 *
 * "tf": -1 to 1. "torch": 0 to 1, then ImageNet mean and deviation. "caffe": planes blue, green, red, minus ImageNet's
 * mean, not scaled. "halves": as "tf", with 128 in place of 127.5 (EfficientNetV2-S, M and L).
 */
const pixelScalings = {
  tf: { scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1], order: "rgb" },
  torch: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], order: "rgb" },
  caffe: { scale: 1, mean: [123.68, 116.779, 103.939], std: [1, 1, 1], order: "bgr" },
  halves: { scale: 1 / 128, mean: [1, 1, 1], std: [1, 1, 1], order: "rgb" },
  rescale: { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1], order: "rgb" },
  none: { scale: 1, mean: [0, 0, 0], std: [1, 1, 1], order: "rgb" },
} as const satisfies Readonly<Record<string, PixelScaling>>;

export type PixelScalingName = keyof typeof pixelScalings;

/** The size part of a preprocessing; filter "bilinear" and fit "stretch" where not given. */
export interface SizeOptions {
  readonly height: number;
  readonly width: number;
  readonly filter?: ResampleFilter;
  readonly fit?: Preprocessing["fit"];
  readonly resizeTo?: number;
}

/** @example preprocessing("torch", { height: 224, width: 224, fit: "crop", resizeTo: 256 }) */
export function preprocessing(scaling: PixelScalingName, size: SizeOptions): Preprocessing {
  return { filter: "bilinear", fit: "stretch", ...size, ...pixelScalings[scaling] };
}

/** Equal for preprocessings that give equal values: defaults are filled in, members without effect left out. */
export function preprocessingDigest(record: Preprocessing): Digest {
  const { height, width, filter, fit, scale, mean, std, order } = record;
  return digestOf({ height, width, filter, fit, ...cropping(record), scale, mean, std, order });
}

/** The members that say how the centre is cut out, defaults filled in; undefined where they have no effect. */
export function cropping({ fit, ...record }: Preprocessing): Pick<Preprocessing, "resizeTo" | "oddCrop"> {
  if (fit === "stretch") return {};
  return {
    resizeTo: shorterSide(record),
    ...(record.oddCrop === undefined || record.oddCrop === "even" ? {} : { oddCrop: record.oddCrop }),
  };
}

/** Length of the shorter side before the centre is cut out, in pixels. */
export function shorterSide(record: Pick<Preprocessing, "height" | "width" | "resizeTo">): number {
  return record.resizeTo ?? Math.max(record.height, record.width);
}
