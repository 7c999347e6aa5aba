import type { ResampleFilter } from "../applications/preprocessing.ts";

/** Filters that average over a window; "nearest" only picks. */
export type WindowFilter = Exclude<ResampleFilter, "nearest">;

/** A filter's weight at a distance in pixels (of the coarser side), zero beyond `support`. */
interface Kernel {
  readonly support: number;
  weight(distance: number): number;
}

/** Pillow's filters. Bicubic is Keys 1981 with a = -0.5; Hamming and Lanczos are windowed sincs. */
const filters: Readonly<Record<WindowFilter, Kernel>> = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, weight: hamming },
  bicubic: { support: 2, weight: bicubic },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Pillow's two constants are single precision. */
function hamming(signed: number): number {
  const x = Math.abs(signed);
  return x < 1 ? sinc(x) * (Math.fround(0.54) + Math.fround(0.46) * Math.cos(Math.PI * x)) : 0;
}

function bicubic(signed: number): number {
  const a = -0.5;
  const x = Math.abs(signed);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Fraction bits of a coefficient: 8-bit pixels, 32-bit sums, 2 bits of room for overshoot. */
const fractionBits = 22;

/** The windows of one direction of a resampling, laid out for the kernels (base/imageKernels.ts). */
export interface ResampleTable {
  /** First input index of each output's window, and the one behind its last; neither ever falls. */
  readonly starts: Int32Array;
  readonly stops: Int32Array;
  /** Pairs of neighbouring taps in each window; an odd last tap is paired with a coefficient of zero. */
  readonly counts: Int32Array;
  /** The largest count: slots of each output in `taps`. */
  readonly pairs: number;
  /** [outputs, pairs, 4]: upper parts of two coefficients, then their lower 12 bits. */
  readonly taps: Int16Array;
}

/**
 * Coefficients for outputs `from` to before `to` of a resampling of `input` samples to `output` samples.
 *
 * Pillow's arithmetic: windows in double precision, normalised to a sum of one, rounded away from zero at halves to
 * integers with 22 fraction bits.
 */
export function resampleTable(
  input: number,
  output: number,
  filter: WindowFilter,
  from: number,
  to: number,
): ResampleTable {
  const kernel = filters[filter];
  const scale = input / output;
  const stretch = Math.max(scale, 1);
  const support = kernel.support * stretch;
  const pairs = Math.ceil((Math.ceil(support) * 2 + 1) / 2);
  const starts = new Int32Array(to - from);
  const stops = new Int32Array(to - from);
  const counts = new Int32Array(to - from);
  const taps = new Int16Array((to - from) * pairs * 4);
  for (let i = 0; i < to - from; i++) {
    const center = (from + i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const stop = Math.min(input, Math.trunc(center + support + 0.5));
    starts[i] = start;
    stops[i] = stop;
    counts[i] = Math.ceil((stop - start) / 2);
    const weights = windowWeights(kernel, start - center + 0.5, 1 / stretch, stop - start);
    writeTaps(taps.subarray(i * pairs * 4), weights);
  }
  return { starts, stops, counts, pairs, taps };
}

/** Weights at offset, offset + 1, ... input samples from the window's centre, with a sum of one. */
function windowWeights(kernel: Kernel, offset: number, shrink: number, count: number): Float64Array {
  const weights = new Float64Array(count);
  let sum = 0;
  for (let k = 0; k < count; k++) {
    weights[k] = kernel.weight((k + offset) * shrink);
    sum += weights[k]!;
  }
  return sum === 0 ? weights : weights.map((weight) => weight / sum);
}

function writeTaps(slots: Int16Array, weights: Float64Array): void {
  for (const [k, weight] of weights.entries()) {
    const coefficient = Math.trunc(weight * 2 ** fractionBits + (weight < 0 ? -0.5 : 0.5));
    const slot = (k >> 1) * 4 + (k & 1);
    slots[slot] = coefficient >> 12;
    slots[slot + 2] = coefficient & 4095;
  }
}

/**
 * The input index of each output from `from` to before `to`, by Pillow's rule for "nearest": the position is a running
 * sum in double precision, not a product, which decides differently where it meets a pixel's edge.
 */
export function nearestIndices(input: number, output: number, from: number, to: number): Int32Array {
  const scale = input / output;
  const indices = new Int32Array(to - from);
  let position = scale * 0.5;
  for (let i = 0; i < to; i++) {
    if (i >= from) indices[i - from] = Math.min(input - 1, Math.trunc(position));
    position += scale;
  }
  return indices;
}
