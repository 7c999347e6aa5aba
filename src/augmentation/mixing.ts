import { PermafrostError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";

/** How pictures of one batch are mixed with each other. With both, each batch is mixed one way or the other, evenly. */
export interface Mixing {
  /** Blends two pictures (Zhang et al. 2018, arXiv:1710.09412): alpha of the Beta distribution of the share, above 0. */
  readonly mixup?: number;
  /** Puts a rectangle of one picture into another (Yun et al. 2019, arXiv:1905.04899): alpha, above 0. */
  readonly cutmix?: number;
}

/** How one batch is mixed. */
export interface MixDraw {
  /** Share of each sample's own label; the rest is that of the sample before it. */
  readonly share: number;
  /** What is taken from the sample before it: rows and columns, ends not included. Left out: pictures are blended. */
  readonly box?: {
    readonly top: number;
    readonly bottom: number;
    readonly left: number;
    readonly right: number;
  };
}

/** @throws PermafrostError INVALID_ARGUMENT for an alpha that is not above 0. */
export function checkMixing(mixing: Mixing): void {
  for (const name of ["mixup", "cutmix"] as const) {
    const alpha = mixing[name];
    if (alpha === undefined || (alpha > 0 && Number.isFinite(alpha))) continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${name}: expected an alpha above 0, got ${alpha}. 0.2 and 1 are usual.`,
    );
  }
}

/** Draws how a batch is mixed, as torchvision's MixUp and CutMix (v2 transforms) do; `RandomChoice` of them for both. */
export function drawMix({ mixup, cutmix }: Mixing, random: Random, height: number, width: number): MixDraw {
  const choice = random.float();
  if (cutmix === undefined || (mixup !== undefined && choice < 0.5)) {
    return { share: betaDraw(mixup!, random) };
  }
  const reach = 0.5 * Math.sqrt(1 - betaDraw(cutmix, random));
  const column = random.integer(width);
  const row = random.integer(height);
  const [halfWidth, halfHeight] = [Math.floor(reach * width), Math.floor(reach * height)];
  const box = {
    top: Math.max(0, row - halfHeight),
    bottom: Math.min(height, row + halfHeight),
    left: Math.max(0, column - halfWidth),
    right: Math.min(width, column + halfWidth),
  };
  const area = (box.bottom - box.top) * (box.right - box.left);
  return { share: 1 - area / (height * width), box };
}

/**
 * Mixes each sample with the one before it (the first with the last), in place.
 *
 * @param pictures - [samples, channels, height, width], or any rows where there is no box.
 */
export function mixRows(
  pictures: Float32Array,
  rows: number,
  { share, box }: MixDraw,
  width = 1,
  height = 1,
): void {
  const size = pictures.length / rows;
  const last = pictures.slice((rows - 1) * size);
  for (let row = rows - 1; row >= 0; row--) {
    const own = pictures.subarray(row * size, (row + 1) * size);
    const other = row === 0 ? last : pictures.subarray((row - 1) * size, row * size);
    if (box === undefined) {
      for (let i = 0; i < size; i++) own[i] = share * own[i]! + (1 - share) * other[i]!;
      continue;
    }
    for (let plane = 0; plane < size; plane += width * height) {
      for (let y = box.top; y < box.bottom; y++) {
        const start = plane + y * width;
        own.set(other.subarray(start + box.left, start + box.right), start + box.left);
      }
    }
  }
}

/** Beta(alpha, alpha): of two gamma draws the share of one. In logarithms, as small alphas give numbers near 0. */
function betaDraw(alpha: number, random: Random): number {
  const [a, b] = [logGammaDraw(alpha, random), logGammaDraw(alpha, random)];
  return 1 / (1 + Math.exp(b - a));
}

/** The logarithm of a draw from Gamma(alpha, 1): Marsaglia and Tsang 2000, sections 2 and 6. */
function logGammaDraw(alpha: number, random: Random): number {
  if (alpha < 1) return logGammaDraw(alpha + 1, random) + Math.log(1 - random.float()) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random.float();
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}
