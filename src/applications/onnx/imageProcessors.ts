/** What an image processor does where its file says nothing, as the classes of transformers have it. */
export interface ProcessorDefaults {
  readonly default_to_square: boolean;
  readonly do_resize: true;
  readonly size: object;
  readonly resample: number;
  readonly do_center_crop: boolean;
  readonly crop_size: object;
  readonly crop_pct?: number;
  readonly do_rescale: true;
  readonly rescale_factor: number;
  readonly do_normalize: true;
  readonly image_mean: readonly number[];
  readonly image_std: readonly number[];
}

const bilinear = 2;
const bicubic = 3;
const halves = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const clip = {
  image_mean: [0.48145466, 0.4578275, 0.40821073],
  image_std: [0.26862954, 0.26130258, 0.27577711],
};
const square = (side: number) => ({ height: side, width: side });
const common = {
  default_to_square: true,
  do_resize: true,
  size: square(224),
  resample: bilinear,
  do_center_crop: false,
  crop_size: square(224),
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  ...halves,
} as const;
const shortest = { ...common, default_to_square: false, do_center_crop: true } as const;

/**
 * The image processors that are known, by the name of their class without its ending. Others may do something of their own with
 * pixels and are refused.
 */
export const processorDefaults: Readonly<Record<string, ProcessorDefaults>> = {
  Beit: { ...common, resample: bicubic },
  Bit: { ...shortest, size: { shortest_edge: 224 }, resample: bicubic, ...clip },
  CLIP: { ...shortest, size: { shortest_edge: 224 }, resample: bicubic, ...clip },
  ConvNext: {
    ...shortest,
    size: { shortest_edge: 384 },
    resample: bicubic,
    do_center_crop: false,
    crop_pct: 224 / 256,
  },
  DeiT: { ...common, size: square(256), resample: bicubic, do_center_crop: true },
  MobileNetV1: { ...shortest, size: { shortest_edge: 256 } },
  MobileNetV2: { ...shortest, size: { shortest_edge: 256 } },
  Siglip: { ...common, default_to_square: false, resample: bicubic },
  ViT: common,
};
