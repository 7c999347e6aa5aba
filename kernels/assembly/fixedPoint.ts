// The arithmetic of the resampler: 8-bit pixels times coefficients with 22 fraction bits, exactly as Pillow's
// integers. A coefficient c does not fit the 16-bit multiply-and-add of SIMD, so it comes in two parts,
// c = upper * 4096 + lower with 0 <= lower < 4096; both sums are exact, so their recombination is.

/** Bits of a coefficient's lower part. */
const lowerBits: i32 = 12;

/** Fraction bits of a coefficient. */
const fractionBits: i32 = 22;

/** Four finished sums, rounded and shifted down to whole pixels, not yet limited to 0..255. */
// @ts-ignore: decorator
@inline
export function toPixels(upper: v128, lower: v128): v128 {
  const half = i32x4.splat(1 << (fractionBits - 1));
  const sum = i32x4.add(i32x4.add(i32x4.shl(upper, lowerBits), lower), half);
  return i32x4.shr_s(sum, fractionBits);
}
