import type { conv2d, input, maxPooling2D } from "../../src/layers/index.ts";
import type { Model } from "../../src/models/functional.ts";
import type { float32 } from "../../src/tensor/tensor.ts";

/** What the network is made with: from src/ in tests, from dist/ in benchmarks. */
export interface Parts {
  readonly conv2d: typeof conv2d;
  readonly float32: typeof float32;
  readonly input: typeof input;
  readonly maxPooling2D: typeof maxPooling2D;
  readonly Model: typeof Model;
}

export interface Vgg16Options {
  /** Height and width of pictures. Default 150, as in the book. */
  readonly size?: number;
  /** Divides all numbers of filters. Default 1: 64 to 512 filters, 14,714,688 weights. */
  readonly divisor?: number;
}

/** VGG16 without its top: 13 convolutions, 5 poolings, output [batch, 4, 4, 512] at 150 pixels. The weights mean nothing. */
export function vgg16Shaped(parts: Parts, options?: Vgg16Options): Model;
