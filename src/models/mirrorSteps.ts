import { PermafrostError } from "../base/errors.ts";
import { DefinedLayer } from "../layers/definition.ts";
import type { LayerCall, SymbolicTensor } from "../layers/layer.ts";
import { Model } from "./functional.ts";

export type PictureSize = readonly [height: number, width: number];

/** A convolution of a decoder at a size, to which the maps are brought first. */
export interface MirrorStep {
  readonly size: PictureSize;
  readonly filters: number;
  readonly kernelSize: readonly [number, number];
}

/** What a decoder has to do to undo an encoder. */
export interface MirrorPlan {
  /** Of the maps that the encoder gives. */
  readonly size: PictureSize;
  /** The last one gives pictures of the encoder's input size and channels. */
  readonly steps: readonly MirrorStep[];
}

/** A layer on the encoder's way from input to output, with the maps before and after it. */
interface MainCall {
  readonly call: LayerCall;
  readonly before: SymbolicTensor;
  readonly after: SymbolicTensor;
}

/** Convolutions that are mirrored one by one. */
const chainKinds = new Set(["Conv2D", "SeparableConv2D"]);
/** Layers that make larger maps, as an encoder does not. */
const enlargingKinds = new Set(["UpSampling2D", "Conv2DTranspose"]);

/**
 * Plans the mirror image of an encoder. A plain row of layers is mirrored convolution by convolution. An encoder with branches,
 * skip connections or depthwise convolutions is mirrored by the sizes of its maps: a convolution for each, as wide as the narrowest map
 * of that size (the wider ones are inside its blocks).
 *
 * @throws PermafrostError INVALID_ARGUMENT for an encoder that is not convolutional from input to output.
 */
export function mirrorSteps(encoder: Model): MirrorPlan {
  const { input, output } = ends(encoder);
  const calls = mainCalls(encoder, output);
  for (const call of calls) expectShrinking(encoder, call);
  const steps = isChain(encoder) ? stepsOfChain(calls) : stepsOfSizes(calls);
  const size = sizeOf(input);
  const filters = channelsOf(input);
  const last = steps.at(-1);
  const isWhole = last !== undefined && last.filters === filters && sameSize(last.size, size);
  const closing: MirrorStep = { size, filters, kernelSize: [3, 3] };
  return { size: sizeOf(output), steps: isWhole ? steps : [...steps, closing] };
}

/** The only input and the only output of an encoder, both pictures. */
function ends(encoder: Model): { readonly input: SymbolicTensor; readonly output: SymbolicTensor } {
  const { inputs, outputs } = encoder;
  const [input] = inputs;
  const [output] = outputs;
  if (inputs.length !== 1 || outputs.length !== 1 || input === undefined || output === undefined) {
    throw unsuited(
      encoder,
      `it has ${inputs.length} inputs and ${outputs.length} outputs, expected one of each`,
    );
  }
  if (!isMap(input))
    throw unsuited(encoder, `its input is ${shown(input)}, expected pictures [height, width, channels]`);
  if (!isMap(output)) {
    throw unsuited(
      encoder,
      `it ends with ${output.call.layer.kind} (${shown(output)}), expected maps [height, width, channels]. End it before flattening or pooling over all positions`,
    );
  }
  return { input, output };
}

/** From the input to the output; where branches meet, along the larger maps. */
function mainCalls(encoder: Model, output: SymbolicTensor): readonly MainCall[] {
  const way: MainCall[] = [];
  for (let after = output; after.call.inputs.length > 0; ) {
    const { call } = after;
    const before = call.inputs.reduce((best, next) => (areaOf(next) > areaOf(best) ? next : best));
    if (!isMap(before)) {
      throw unsuited(
        encoder,
        `the layer ${call.layer.name} takes ${shown(before)}, expected maps [height, width, channels] all the way`,
      );
    }
    if (call.layer instanceof Model)
      way.push(...mainCalls(call.layer, call.layer.outputs[after.index]!).toReversed());
    else way.push({ call, before, after });
    after = before;
  }
  return way.reverse();
}

function expectShrinking(encoder: Model, { call: { layer } }: MainCall): void {
  if (!enlargingKinds.has(layer.kind)) return;
  throw unsuited(
    encoder,
    `the layer ${layer.name} (${layer.kind}) enlarges its maps, which an encoder does not`,
  );
}

/** Whether each layer has one input, and all convolutions are whole ones. */
function isChain(encoder: Model): boolean {
  return encoder.topology.calls.every(({ layer, inputs }) => {
    if (inputs.length !== 1) return false;
    return layer instanceof Model ? isChain(layer) : layer.kind !== "DepthwiseConv2D";
  });
}

function stepsOfChain(calls: readonly MainCall[]): readonly MirrorStep[] {
  return calls.toReversed().flatMap(({ call, before }) => {
    const kernelSize = kernelOf(call);
    const source = withoutPadding(before);
    return kernelSize === undefined
      ? []
      : [{ size: sizeOf(source), filters: channelsOf(source), kernelSize }];
  });
}

function kernelOf({ layer }: LayerCall): MirrorStep["kernelSize"] | undefined {
  if (!(layer instanceof DefinedLayer) || !chainKinds.has(layer.kind)) return undefined;
  const { kernelSize } = layer.config as Pick<MirrorStep, "kernelSize">;
  return kernelSize;
}

function stepsOfSizes(calls: readonly MainCall[]): readonly MirrorStep[] {
  const widths = new Map<string, { readonly size: PictureSize; readonly filters: number }>();
  const maps = calls.filter(({ call }) => call.layer.kind !== "ZeroPadding2D").map(({ after }) => after);
  for (const map of maps) {
    const size = sizeOf(map);
    const known = widths.get(size.join());
    widths.set(size.join(), {
      size,
      filters: Math.min(known?.filters ?? Number.POSITIVE_INFINITY, channelsOf(map)),
    });
  }
  // The smallest maps are the encoder's own output.
  const [, ...larger] = [...widths.values()].reverse();
  return larger.map((stage) => ({ ...stage, kernelSize: [3, 3] }));
}

/** Zeros around a map belong to the convolution behind them. */
function withoutPadding(map: SymbolicTensor): SymbolicTensor {
  const { call } = map;
  return call.layer.kind === "ZeroPadding2D" ? withoutPadding(call.inputs[0]!) : map;
}

function isMap({ shape }: SymbolicTensor): boolean {
  return shape.length === 4 && shape.slice(1).every((size) => typeof size === "number");
}

function areaOf(map: SymbolicTensor): number {
  if (!isMap(map)) return 0;
  const [height, width] = sizeOf(map);
  return height * width;
}

function sizeOf({ shape }: SymbolicTensor): PictureSize {
  return [Number(shape[1]), Number(shape[2])];
}

function channelsOf({ shape }: SymbolicTensor): number {
  return Number(shape[3]);
}

function sameSize(a: PictureSize, b: PictureSize): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

function shown({ shape }: SymbolicTensor): string {
  return `[${shape.slice(1).join(", ")}]`;
}

function unsuited(encoder: Model, why: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `autoencoder: ${encoder.name} cannot be mirrored: ${why}. Give a convolutional encoder, or a decoder of your own.`,
    { details: { encoder: encoder.name } },
  );
}
