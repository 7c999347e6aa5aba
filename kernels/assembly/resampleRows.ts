import { toPixels } from "./fixedPoint";

/**
 * Resamples along rows: packed RGB rows of `sourceStride` bytes to packed rows of `width` pixels.
 *
 * windows: for each output pixel int32 first byte in the row, int32 number of tap pairs.
 * taps: for each output pixel `pairs` slots of 8 bytes: upper0, upper1, lower0, lower1 as int16.
 */
export function resampleRows(
  source: usize, target: usize, sourceStride: i32, rows: i32, width: i32,
  windows: usize, taps: usize, pairs: i32,
): void {
  const slotBytes = <usize>pairs << 3;
  for (let y = 0; y < rows; y++) {
    let out = target + <usize>y * <usize>width * 3;
    let window = windows;
    let slots = taps;
    for (let x = 0; x < width; x++) {
      resamplePixel(source + load<u32>(window), out, slots, load<u32>(window, 4));
      window += 8;
      slots += slotBytes;
      out += 3;
    }
    source += sourceStride;
  }
}

/** One output pixel from `count` pairs of neighbours. Writes 4 bytes; the fourth belongs to the next pixel. */
// @ts-ignore: decorator
@inline
function resamplePixel(at: usize, out: usize, slots: usize, count: i32): void {
  let upper = i32x4.splat(0);
  let lower = i32x4.splat(0);
  for (let pair = 0; pair < count; pair++) {
    // Bytes r0 g0 b0 r1 g1 b1 to 16-bit lanes r0 r1 g0 g1 b0 b1.
    const two = i8x16.swizzle(
      v128.load64_zero(at),
      i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1),
    );
    upper = i32x4.add(upper, i32x4.dot_i16x8_s(two, v128.load32_splat(slots)));
    lower = i32x4.add(lower, i32x4.dot_i16x8_s(two, v128.load32_splat(slots, 4)));
    at += 6;
    slots += 8;
  }
  const pixels = toPixels(upper, lower);
  const words = i16x8.narrow_i32x4_s(pixels, pixels);
  v128.store32_lane(out, i8x16.narrow_i16x8_u(words, words), 0);
}
