import { sizeOf } from "../../tensor/tensor.ts";
import type { BatchSource } from "../../training/samples/batchSource.ts";

/** Mean and (biased) variance of each channel. */
export interface Moments {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

const rowsAtOnce = 64;

/**
 * Moments of all samples of a source, [channels], [channels, height, width] or [tokens, channels] each, read a few at a time.
 * One pass, double precision (Welford 1962, by batches: Chan, Golub and LeVeque 1983).
 */
export async function channelMoments(source: BatchSource): Promise<Moments> {
  const hasChannelsLast = source.shape.length === 2;
  const channels = source.shape.at(hasChannelsLast ? -1 : 0)!;
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
      const place = hasChannelsLast
        ? { start: channel, step: channels }
        : { start: (channel * size) / channels, step: 1 };
      const part = blockMoments(block, { ...place, pixels: size / channels, size, count });
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

/** Where the elements of a channel lie in a block of rows. */
interface ChannelPlace {
  readonly start: number;
  readonly step: number;
  /** Of one row. */
  readonly pixels: number;
  readonly size: number;
  readonly count: number;
}

/** Mean and sum of squared deviations of one channel in a block of rows. */
function blockMoments(
  block: Float32Array,
  { start, step, pixels, size, count }: ChannelPlace,
): { readonly mean: number; readonly spread: number } {
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const from = row * size + start;
    for (let pixel = 0; pixel < pixels; pixel++) sum += block[from + pixel * step]!;
  }
  const mean = sum / (count * pixels);
  let spread = 0;
  for (let row = 0; row < count; row++) {
    const from = row * size + start;
    for (let pixel = 0; pixel < pixels; pixel++) spread += (block[from + pixel * step]! - mean) ** 2;
  }
  return { mean, spread };
}
