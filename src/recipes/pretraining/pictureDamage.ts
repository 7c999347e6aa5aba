import { PermafrostError } from "../../base/errors.ts";
import type { Random } from "../../base/random.ts";

/** What is done to a picture that an autoencoder has to mend (Vincent et al. 2008; He et al. 2022). */
export interface PictureDamage {
  /** Deviation of normal noise added to values from 0 to 1; 0 or left out: none. */
  readonly denoise?: number;
  /** Share of the squares of an 8 x 8 grid that become grey; 0 or left out: none. */
  readonly mask?: number;
}

/** Squares along each side of a picture. */
const gridSide = 8;
const grey = 0.5;

/** Whether there is anything to do. */
export function isDamaging({ denoise = 0, mask = 0 }: PictureDamage): boolean {
  return denoise > 0 || mask > 0;
}

/** @throws PermafrostError INVALID_ARGUMENT */
export function checkDamage({ denoise = 0, mask = 0 }: PictureDamage): void {
  const bad = [
    ...(denoise >= 0 && denoise <= 1 ? [] : [`denoise: expected a deviation from 0 to 1, got ${denoise}`]),
    ...(mask >= 0 && mask < 1 ? [] : [`mask: expected a share from 0 to below 1, got ${mask}`]),
  ];
  if (bad.length > 0) throw new PermafrostError("INVALID_ARGUMENT", `${bad.join("; ")}.`);
}

/**
 * Damages a picture in place. What happens follows from the random numbers alone.
 *
 * @param pixels - [3, height, width], values from 0 to 1; they stay in these bounds.
 */
export function damagePicture(
  pixels: Float32Array,
  { height, width }: { readonly height: number; readonly width: number },
  { denoise = 0, mask = 0 }: PictureDamage,
  random: Random,
): void {
  if (denoise > 0) {
    for (let i = 0; i < pixels.length; i++) {
      pixels[i] = Math.min(1, Math.max(0, pixels[i]! + denoise * random.normal()));
    }
  }
  if (mask === 0) return;
  const squares = gridSide * gridSide;
  const masked = new Set(random.permutation(squares).subarray(0, Math.round(mask * squares)));
  for (let row = 0; row < height; row++) {
    const gridRow = Math.floor((row * gridSide) / height);
    for (let column = 0; column < width; column++) {
      if (!masked.has(gridRow * gridSide + Math.floor((column * gridSide) / width))) continue;
      for (let channel = 0; channel < 3; channel++) pixels[(channel * height + row) * width + column] = grey;
    }
  }
}
