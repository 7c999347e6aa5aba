/** How pixels between pixels are found. */
export type Interpolation = "nearest" | "bilinear" | "bicubic" | "lanczos3" | "lanczos5";

/** How one axis of a picture is resampled. */
export interface Resampling {
  readonly interpolation: Interpolation;
  /** Widen the window when shrinking, so that every pixel counts. */
  readonly antialias: boolean;
}

/** A weight function around a pixel, 0 at `radius` and beyond. */
interface Kernel {
  readonly radius: number;
  weight(distance: number): number;
}

const triangle: Kernel = { radius: 1, weight: (x) => Math.max(1 - x, 0) };

/** Keys's cubic convolution with a = -1/2 (Keys 1981). */
const cubic: Kernel = {
  radius: 2,
  weight(x) {
    if (x >= 2) return 0;
    return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
  },
};

function lanczos(radius: number): Kernel {
  const weight = (x: number): number => {
    if (x > radius) return 0;
    if (x <= 1e-3) return 1;
    return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * x) ** 2;
  };
  return { radius, weight };
}

const kernels = { bilinear: triangle, bicubic: cubic, lanczos3: lanczos(3), lanczos5: lanczos(5) } as const;

/** TensorFlow looks the cubic's weights up in a table of this many places between two pixels. */
const cubicPlaces = 1024;

/**
 * The matrix [to, from], row by row, that resamples an axis: what `tf.image.resize` computes, pixel centres at halves,
 * positions in float32 as there.
 */
export function resamplingMatrix(from: number, to: number, resampling: Resampling): Float64Array {
  const matrix = new Float64Array(to * from);
  for (let row = 0; row < to; row++)
    fillRow(matrix.subarray(row * from, (row + 1) * from), row, to, resampling);
  return matrix;
}

/** For each pixel of the result the pixel that "nearest" takes. */
export function nearestIndices(from: number, to: number): number[] {
  const scale = Math.fround(from / to);
  return Array.from({ length: to }, (_, place) =>
    Math.min(Math.floor(Math.fround((place + 0.5) * scale)), from - 1),
  );
}

function fillRow(row: Float64Array, place: number, to: number, resampling: Resampling): void {
  const { interpolation, antialias } = resampling;
  const from = row.length;
  if (interpolation === "nearest") {
    row[nearestIndices(from, to)[place]!] = 1;
    return;
  }
  const scale = Math.fround(from / to);
  const centre = Math.fround((place + 0.5) * scale);
  if (antialias || interpolation.startsWith("lanczos")) {
    fillWindow(row, centre, kernels[interpolation], antialias ? Math.max(scale, 1) : 1);
  } else if (interpolation === "bilinear") fillBetween(row, centre - 0.5);
  else fillCubic(row, centre - 0.5);
}

/** Two neighbours; beyond the border its own pixel. */
function fillBetween(row: Float64Array, position: number): void {
  const left = Math.floor(position);
  const share = position - left;
  row[Math.max(left, 0)]! += 1 - share;
  row[Math.min(left + 1, row.length - 1)]! += share;
}

/** Four neighbours; those beyond the border do not count. */
function fillCubic(row: Float64Array, position: number): void {
  const left = Math.floor(position);
  const share = Math.round((position - left) * cubicPlaces) / cubicPlaces;
  for (let index = Math.max(left - 1, 0); index <= Math.min(left + 2, row.length - 1); index++)
    row[index] = cubic.weight(Math.abs(index - left - share));
  normalize(row);
}

/** All pixels within the kernel's radius, stretched by `stretch`. */
function fillWindow(row: Float64Array, centre: number, kernel: Kernel, stretch: number): void {
  const reach = kernel.radius * stretch;
  const first = Math.max(Math.ceil(centre - reach - 0.5), 0);
  const last = Math.min(Math.floor(centre + reach - 0.5), row.length - 1);
  for (let index = first; index <= last; index++)
    row[index] = kernel.weight(Math.abs(index + 0.5 - centre) / stretch);
  normalize(row);
}

function normalize(row: Float64Array): void {
  const sum = row.reduce((total, weight) => total + weight, 0);
  for (let index = 0; index < row.length; index++) row[index]! /= sum;
}
