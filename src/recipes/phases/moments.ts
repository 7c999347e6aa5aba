import { sizeOf } from "../../tensor/tensor.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";

/** Mean and (biased) variance of each channel. */
export interface Moments {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

const rowsAtOnce = 64;

/**
 * Moments of all samples of a source, [channels] or [channels, height, width] each, read a few at a time.
 * One pass, double precision (Welford 1962, by batches: Chan, Golub and LeVeque 1983).
 */
export async function channelMoments(source: BatchSource): Promise<Moments> {
  const channels = source.shape[0]!;
  const size = sizeOf(source.shape);
  const mean = new Float64Array(channels);
  const spread = new Float64Array(channels);
  const block = new Float32Array(rowsAtOnce * size);
  let seen = 0;
  for (let start = 0; start < source.samples; start += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, source.samples - start);
    const rows = Uint32Array.from({ length: count }, (_, row) => start + row);
    await source.read(rows, block.subarray(0, count * size));
    const values = (count * size) / channels;
    for (let channel = 0; channel < channels; channel++) {
      const part = blockMoments(block, channel, channels, size, count);
      const shift = part.mean - mean[channel]!;
      mean[channel]! += (shift * values) / (seen + values);
      spread[channel]! += part.spread + (shift * shift * seen * values) / (seen + values);
    }
    seen += values;
  }
  return {
    mean: Float32Array.from(mean),
    variance: Float32Array.from(spread, (value) => value / seen),
  };
}

/** Mean and sum of squared deviations of one channel in a block of rows. */
function blockMoments(
  block: Float32Array,
  channel: number,
  channels: number,
  size: number,
  count: number,
): { readonly mean: number; readonly spread: number } {
  const pixels = size / channels;
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const from = row * size + channel * pixels;
    for (let index = from; index < from + pixels; index++) sum += block[index]!;
  }
  const mean = sum / (count * pixels);
  let spread = 0;
  for (let row = 0; row < count; row++) {
    const from = row * size + channel * pixels;
    for (let index = from; index < from + pixels; index++) spread += (block[index]! - mean) ** 2;
  }
  return { mean, spread };
}
