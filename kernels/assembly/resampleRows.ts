import { toPixels } from "./fixedPoint";

/**
 * Resamples along rows: packed RGB rows of `stride` bytes to packed rows of `width` pixels.
 *
 * windows: for each output pixel int32 first byte in the row, int32 number of tap pairs.
 * taps: for each output pixel `pairs` slots of 8 bytes: upper0, upper1, lower0, lower1 as int16.
 */
export function resampleRows(
  source: usize, target: usize, stride: usize, rows: i32, width: i32,
  windows: usize, taps: usize, pairs: i32,
): void {
  const rowBytes = <usize>width * 3;
  // Four rows share the loads of their coefficients. Missing ones at the end repeat the last row.
  for (let left = rows; left > 0; left -= 4) {
    const row1: usize = left > 1 ? 1 : 0;
    const row2: usize = left > 2 ? 2 : row1;
    const row3: usize = left > 3 ? 3 : row2;
    resampleFour(
      source, row1 * stride, row2 * stride, row3 * stride,
      target, row1 * rowBytes, row2 * rowBytes, row3 * rowBytes,
      width, windows, taps, <usize>pairs << 3,
    );
    source += stride << 2;
    target += rowBytes << 2;
  }
}

/** Rows at `source` and 3 distances from it, to rows at `target` and 3 distances from that. */
function resampleFour(
  source: usize, source1: usize, source2: usize, source3: usize,
  target: usize, target1: usize, target2: usize, target3: usize,
  width: i32, windows: usize, taps: usize, slotBytes: usize,
): void {
  for (let x = 0; x < width; x++) {
    let at = source + load<u32>(windows);
    let slots = taps;
    let upper0 = i32x4.splat(0), upper1 = upper0, upper2 = upper0, upper3 = upper0;
    let lower0 = upper0, lower1 = upper0, lower2 = upper0, lower3 = upper0;
    for (let pair: i32 = load<u32>(windows, 4); pair > 0; pair--) {
      const high = v128.load32_splat(slots);
      const low = v128.load32_splat(slots, 4);
      const two0 = loadTwo(at);
      const two1 = loadTwo(at + source1);
      const two2 = loadTwo(at + source2);
      const two3 = loadTwo(at + source3);
      upper0 = i32x4.add(upper0, i32x4.dot_i16x8_s(two0, high));
      lower0 = i32x4.add(lower0, i32x4.dot_i16x8_s(two0, low));
      upper1 = i32x4.add(upper1, i32x4.dot_i16x8_s(two1, high));
      lower1 = i32x4.add(lower1, i32x4.dot_i16x8_s(two1, low));
      upper2 = i32x4.add(upper2, i32x4.dot_i16x8_s(two2, high));
      lower2 = i32x4.add(lower2, i32x4.dot_i16x8_s(two2, low));
      upper3 = i32x4.add(upper3, i32x4.dot_i16x8_s(two3, high));
      lower3 = i32x4.add(lower3, i32x4.dot_i16x8_s(two3, low));
      at += 6;
      slots += 8;
    }
    const words0 = i16x8.narrow_i32x4_s(toPixels(upper0, lower0), toPixels(upper1, lower1));
    const words1 = i16x8.narrow_i32x4_s(toPixels(upper2, lower2), toPixels(upper3, lower3));
    const pixels = i8x16.narrow_i16x8_u(words0, words1);
    if (x < width - 1) {
      // A fourth byte goes where the next pixel will be.
      v128.store32_lane(target, pixels, 0);
      v128.store32_lane(target + target1, pixels, 1);
      v128.store32_lane(target + target2, pixels, 2);
      v128.store32_lane(target + target3, pixels, 3);
    } else {
      storeThree(target, i32x4.extract_lane(pixels, 0));
      storeThree(target + target1, i32x4.extract_lane(pixels, 1));
      storeThree(target + target2, i32x4.extract_lane(pixels, 2));
      storeThree(target + target3, i32x4.extract_lane(pixels, 3));
    }
    target += 3;
    windows += 8;
    taps += slotBytes;
  }
}

/** Two pixels, bytes r0 g0 b0 r1 g1 b1, as 16-bit lanes r0 r1 g0 g1 b0 b1. */
// @ts-ignore: decorator
@inline
function loadTwo(at: usize): v128 {
  return i8x16.swizzle(
    v128.load64_zero(at),
    i8x16(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1),
  );
}

// @ts-ignore: decorator
@inline
function storeThree(at: usize, pixel: i32): void {
  store<u16>(at, pixel);
  store<u8>(at, pixel >> 16, 2);
}
