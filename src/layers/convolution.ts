import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import type { PadAttributes } from "../ops/movement.ts";
import type { Pads } from "../ops/signature.ts";
import { type Shape, showShape } from "../tensor/shape.ts";
import { type ActivationName, activations, resolveActivation } from "./activations.ts";
import { checkPair, type Pair } from "./arguments.ts";
import { knownSize } from "./layout.ts";

/** "valid": no padding. "same": output size ceil(n / stride), the odd pixel of padding at the bottom and right. */
export type Padding = "valid" | "same";

/** What all convolutions have in common. */
export interface ConvolutionConfig {
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilationRate: readonly [number, number];
  readonly activation: ActivationName;
}

export interface ConvolutionOptions {
  readonly kernelSize: Pair;
  /** Default 1. */
  readonly strides?: Pair;
  /** Default "valid". */
  readonly padding?: Padding;
  /** Default 1. */
  readonly dilationRate?: Pair;
  /** Default none. */
  readonly activation?: string | null;
}

/** The options checked and with Keras's defaults filled in. */
export function convolutionConfig(what: string, options: ConvolutionOptions): ConvolutionConfig {
  return {
    kernelSize: checkPair(`${what}: kernelSize`, options.kernelSize),
    strides: checkPair(`${what}: strides`, options.strides ?? 1),
    padding: checkPadding(what, options.padding),
    dilationRate: checkPair(`${what}: dilationRate`, options.dilationRate ?? 1),
    activation: resolveActivation(options.activation),
  };
}

/**
 * Default "valid".
 *
 * @throws PermafrostError INVALID_ARGUMENT for another word.
 */
export function checkPadding(what: string, padding: Padding = "valid"): Padding {
  if (padding === "valid" || padding === "same") return padding;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: expected padding "valid" or "same", got ${JSON.stringify(padding)}.`,
  );
}

/**
 * The number of channels of a picture.
 *
 * @throws PermafrostError SHAPE_MISMATCH unless the shape is [batch, height, width, channels].
 */
export function channelsOf(what: string, shape: Shape | undefined): number {
  if (shape?.length === 4) return knownSize(shape, 3);
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${what}: expected input [batch, height, width, channels], got ${shape === undefined ? "nothing" : showShape(shape)}.`,
  );
}

/** Convolution, bias and activation, for values [batch, channels, height, width] and a kernel [out, in, height, width]. */
export function convolve(
  g: GraphBuilder,
  x: Value,
  weights: { readonly kernel: Value; readonly bias: Value | undefined },
  config: ConvolutionConfig & { readonly groups: number },
): Value {
  const { shape } = x.type;
  const around = zerosAround(x);
  const [strideY, strideX] = config.strides;
  const [top, bottom] = margins(
    knownSize(shape, 2),
    config.kernelSize[0],
    strideY,
    config.dilationRate[0],
    config,
  );
  const [left, right] = margins(
    knownSize(shape, 3),
    config.kernelSize[1],
    strideX,
    config.dilationRate[1],
    config,
  );
  const { kernel, bias } = weights;
  const result = g.apply(operators.conv2d, [around.x, kernel, ...(bias === undefined ? [] : [bias])], {
    strides: config.strides,
    pads: addPads(around.pads, [top, left, bottom, right]),
    dilations: config.dilationRate,
    groups: config.groups,
  });
  return activations[config.activation](g, result);
}

/**
 * Zeros that a layer before has put around an image, and the image without them: the convolution pads by itself, and nothing of
 * the larger image has to be made, kept or cut off again from gradients.
 */
function zerosAround(x: Value): { readonly x: Value; readonly pads: Pads } {
  const none = { x, pads: [0, 0, 0, 0] } as const;
  if (x.source.kind !== "node" || x.source.node.op.name !== operators.pad.name) return none;
  const { before, after, value = 0 } = x.source.node.attributes as PadAttributes;
  const isAround = value === 0 && [before, after].every(([batch, channels]) => batch === 0 && channels === 0);
  if (!isAround) return none;
  return { x: x.source.node.inputs[0]!, pads: [before[2]!, before[3]!, after[2]!, after[3]!] };
}

function addPads(a: Pads, b: Pads): Pads {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

/** Adds one number for each channel, if there is a bias. */
export function addBias(g: GraphBuilder, x: Value, bias: Value | undefined): Value {
  if (bias === undefined) return x;
  const channelwise = g.apply(operators.reshape, [bias], { shape: [1, bias.type.shape[0]!, 1, 1] });
  return g.apply(operators.add, [x, channelwise], {});
}

/** Padding before and after one axis. */
export function margins(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  { padding }: { readonly padding: Padding },
): readonly [number, number] {
  if (padding === "valid") return [0, 0];
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}
