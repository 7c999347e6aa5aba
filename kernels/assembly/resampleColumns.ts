import { toPixels } from "./fixedPoint";

/**
 * Resamples along columns: `height` output rows of `stride` bytes, each from a window of source rows of the same stride.
 * Tables as in resampleRows, where a window begins at a byte of the picture.
 */
export function resampleColumns(
  source: usize, target: usize, stride: i32, height: i32,
  windows: usize, taps: usize, pairs: i32,
): void {
  const slotBytes = <usize>pairs << 3;
  for (let y = 0; y < height; y++) {
    const rows = source + load<u32>(windows);
    const count: i32 = load<u32>(windows, 4);
    // The last vector of a row reaches into the next one, which is written after it.
    for (let x = 0; x < stride; x += 16) resampleBlock(rows + x, target + x, stride, taps, count);
    target += stride;
    windows += 8;
    taps += slotBytes;
  }
}

/** Sixteen neighbouring bytes of one output row. */
// @ts-ignore: decorator
@inline
function resampleBlock(at: usize, out: usize, stride: i32, slots: usize, count: i32): void {
  let upper0 = i32x4.splat(0), upper1 = upper0, upper2 = upper0, upper3 = upper0;
  let lower0 = upper0, lower1 = upper0, lower2 = upper0, lower3 = upper0;
  for (let pair = 0; pair < count; pair++) {
    const first = v128.load(at);
    const second = v128.load(at + stride);
    const left = i8x16.shuffle(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const right = i8x16.shuffle(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const p0 = i16x8.extend_low_i8x16_u(left);
    const p1 = i16x8.extend_high_i8x16_u(left);
    const p2 = i16x8.extend_low_i8x16_u(right);
    const p3 = i16x8.extend_high_i8x16_u(right);
    const high = v128.load32_splat(slots);
    const low = v128.load32_splat(slots, 4);
    upper0 = i32x4.add(upper0, i32x4.dot_i16x8_s(p0, high));
    upper1 = i32x4.add(upper1, i32x4.dot_i16x8_s(p1, high));
    upper2 = i32x4.add(upper2, i32x4.dot_i16x8_s(p2, high));
    upper3 = i32x4.add(upper3, i32x4.dot_i16x8_s(p3, high));
    lower0 = i32x4.add(lower0, i32x4.dot_i16x8_s(p0, low));
    lower1 = i32x4.add(lower1, i32x4.dot_i16x8_s(p1, low));
    lower2 = i32x4.add(lower2, i32x4.dot_i16x8_s(p2, low));
    lower3 = i32x4.add(lower3, i32x4.dot_i16x8_s(p3, low));
    at += stride << 1;
    slots += 8;
  }
  const words0 = i16x8.narrow_i32x4_s(toPixels(upper0, lower0), toPixels(upper1, lower1));
  const words1 = i16x8.narrow_i32x4_s(toPixels(upper2, lower2), toPixels(upper3, lower3));
  v128.store(out, i8x16.narrow_i16x8_u(words0, words1));
}
