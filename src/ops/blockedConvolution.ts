import type { OnnxEmitter } from "../graph/operator.ts";
import { int64s } from "./axes.ts";
import { applyOnnx, reshapeOnnx } from "./emitting.ts";
import type { Pair } from "./signature.ts";
import { onnxWindow, type Window } from "./window.ts";

/** ONNX Runtime's own operators on its blocked layout: [N, C / block, H, W, block]. */
export const blockedDomain = "com.microsoft.nchwc";

/** The engine lays out channels by fours at least. */
export function canBeBlocked(channels: number): boolean {
  return channels % 4 === 0;
}

interface BlockedDepthwise {
  readonly window: Window;
  readonly channels: number;
  /** Channels of a block, `OnnxEmitter.channelBlock`. */
  readonly block: number;
}

/**
 * A convolution of each channel by itself, in the engine's blocked layout, for which it has fast kernels. By itself the engine
 * takes that layout for constant filters only; here fed ones are laid out in the graph, which costs next to nothing.
 */
export function blockedDepthwise(
  onnx: OnnxEmitter,
  [x, filters]: readonly [x: string, filters: string],
  convolution: BlockedDepthwise,
): string {
  return depthwiseOfBlocks(onnx, [inBlocks(onnx, x), filters], convolution);
}

/** [N, C, H, W] in the blocked layout. */
export function inBlocks(onnx: OnnxEmitter, x: string): string {
  return applyOnnx(onnx, "ReorderInput", [x], {}, blockedDomain);
}

/** `blockedDepthwise` of what is in that layout already. */
export function depthwiseOfBlocks(
  onnx: OnnxEmitter,
  [blocked, filters]: readonly [blocked: string, filters: string],
  { window, channels, block }: BlockedDepthwise,
): string {
  const blocks = Math.ceil(channels / block);
  const y = applyOnnx(
    onnx,
    "Conv",
    [blocked, blockedFilters(onnx, filters, { size: window.size, channels, blocks, block })],
    { ...onnxWindow(window), group: { int: blocks * block } },
    blockedDomain,
  );
  return applyOnnx(onnx, "ReorderOutput", [y], { channels: { int: channels } }, blockedDomain);
}

interface Blocks {
  readonly size: Pair;
  readonly channels: number;
  readonly blocks: number;
  readonly block: number;
}

/** Filters [C, 1, h, w] as [C / block, h, w, block], with zeros where the last block is not full. */
function blockedFilters(
  onnx: OnnxEmitter,
  filters: string,
  { size, channels, blocks, block }: Blocks,
): string {
  const missing = blocks * block - channels;
  const pads = onnx.constant(int64s([0, 0, 0, 0, missing, 0, 0, 0]));
  const full = missing === 0 ? filters : applyOnnx(onnx, "Pad", [filters, pads]);
  const apart = reshapeOnnx(onnx, full, [blocks, block, ...size]);
  const blocked = applyOnnx(onnx, "Transpose", [apart], { perm: { ints: [0, 2, 3, 1] } });
  return reshapeOnnx(onnx, blocked, [blocks * block, 1, ...size]);
}
