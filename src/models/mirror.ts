import { PermafrostError } from "../base/errors.ts";
import { conv2d, cropping2D, upSampling2D, zeroPadding2D } from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import type { Model } from "./functional.ts";
import { type MirrorStep, mirrorSteps, type PictureSize } from "./mirrorSteps.ts";

/** Name of the decoder's last layer, and so of the output that holds the reconstruction. */
export const reconstructionName = "reconstruction";

/**
 * A decoder for a convolutional encoder: its strides and poolings, in reverse order, become enlargements, its convolutions
 * convolutions of the mirrored widths with ReLU. The last layer gives the encoder's input size exactly, values from 0 to 1
 * (sigmoid).
 *
 * Maps are enlarged by repeating pixels (UpSampling2D) before a convolution, and not by Conv2DTranspose, whose kernel
 * overlaps itself unevenly and draws chequered patterns (Odena et al. 2016, "Deconvolution and checkerboard artifacts").
 * A size that is no multiple of the smaller one is cropped, or padded with zeros, before the convolution.
 *
 * @throws PermafrostError INVALID_ARGUMENT for an encoder that cannot be mirrored, naming the layer.
 */
export function mirrorLayers(encoder: Model): readonly Layer[] {
  const { size, steps } = mirrorSteps(encoder);
  const layers: Layer[] = [];
  let now = size;
  for (const [index, step] of steps.entries()) {
    layers.push(...resizeLayers(now, step.size, `decoder_${index + 1}`));
    layers.push(convolution(step, index, index === steps.length - 1));
    now = step.size;
  }
  return layers;
}

function convolution({ filters, kernelSize }: MirrorStep, index: number, isLast: boolean): Layer {
  const common = { filters, kernelSize, padding: "same" } as const;
  if (isLast) return conv2d({ ...common, activation: "sigmoid", name: reconstructionName });
  return conv2d({
    ...common,
    activation: "relu",
    kernelInitializer: "heNormal",
    name: `decoder_${index + 1}_conv`,
  });
}

/** Brings maps from one size to another: repeats pixels by the nearest whole factors, then cuts off or fills up what is left. */
function resizeLayers(from: PictureSize, to: PictureSize, name: string): readonly Layer[] {
  const factors = pair((axis) => Math.max(1, Math.round(to[axis] / from[axis])));
  const rest = pair((axis) => to[axis] - from[axis] * factors[axis]);
  const missing = pair((axis) => halves(Math.max(0, rest[axis])));
  const surplus = pair((axis) => halves(Math.max(0, -rest[axis])));
  const isSome = (sides: typeof missing) => sides.some(([before, after]) => before + after > 0);
  return [
    ...(factors.some((factor) => factor > 1)
      ? [upSampling2D({ size: factors, name: `${name}_enlarge` })]
      : []),
    ...(isSome(surplus) ? [cropping2D({ cropping: surplus, name: `${name}_crop` })] : []),
    ...(isSome(missing) ? [zeroPadding2D({ padding: missing, name: `${name}_pad` })] : []),
  ];
}

function pair<T>(of: (axis: 0 | 1) => T): readonly [T, T] {
  return [of(0), of(1)];
}

function halves(total: number): readonly [before: number, after: number] {
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** @throws PermafrostError SHAPE_MISMATCH when a decoder of one's own does not give the encoder's input size back. */
export function checkDecoded(encoder: Model, decoded: readonly unknown[]): void {
  const wanted = encoder.inputs[0]!.shape.slice(1);
  if (decoded.slice(1).join() === wanted.join()) return;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `autoencoder: expected a decoder that gives pictures [${wanted.join(", ")}] as ${encoder.name} takes them, got [${decoded.slice(1).join(", ")}].`,
  );
}
