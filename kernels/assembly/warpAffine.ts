import { intoPicture, nearIndex, outside } from "./fillMode";

/** Three bytes and one behind them, as floats. */
// @ts-ignore: decorator
@inline
function texel(at: usize): v128 {
  const bytes = v128.load32_zero(at);
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

/**
 * Warps packed RGB bytes into three float32 planes and scales them: plane = value * factor + offset, one rounding after each
 * operation. Where an output pixel comes from is decided in double precision:
 * source row = rr * row + rc * column + row0; source column = cr * row + cc * column + column0.
 *
 * @param mode - 0 nearest, 1 constant, 2 reflect, 3 wrap.
 * @param order - 0 nearest pixel, halves up; 1 bilinear.
 * @param mirrored, upsideDown - 1: the warped picture is flipped.
 */
export function warpAffine(
  source: usize, width: i32, height: i32, redPlane: usize, greenPlane: usize, bluePlane: usize,
  rr: f64, rc: f64, row0: f64, cr: f64, cc: f64, column0: f64,
  mode: i32, fill: f32, order: i32, mirrored: i32, upsideDown: i32,
  redFactor: f32, greenFactor: f32, blueFactor: f32, redOffset: f32, greenOffset: f32, blueOffset: f32,
): void {
  const factors = f32x4(redFactor, greenFactor, blueFactor, 0);
  const offsets = f32x4(redOffset, greenOffset, blueOffset, 0);
  const fills = f32x4.splat(fill);
  const lastRow = <f64>(height - 1);
  const lastColumn = <f64>(width - 1);
  const stride = <usize>width * 3;
  let at: usize = 0;
  const slopes = f64x2(rc, cc);
  const origins = f64x2(row0, column0);
  const ends = f64x2(lastRow, lastColumn);
  const zeros = f64x2.splat(0);
  // The last pixel is reached from the one before it with a weight of one.
  const lasts = i32x4(height - 2, width - 2, 0, 0);
  const continues = order == 1 && mode == 0 && height > 1 && width > 1;
  const firstColumn: f64 = mirrored ? lastColumn : 0;
  const step: f64 = mirrored ? -1 : 1;
  for (let y = 0; y < height; y++) {
    const row = <f64>(upsideDown ? height - 1 - y : y);
    const starts = f64x2(rr * row, cr * row);
    let column = firstColumn;
    for (let x = 0; x < width; x++) {
      // Row and column of the source side by side.
      const place = f64x2.add(f64x2.add(starts, f64x2.mul(slopes, f64x2.splat(column))), origins);
      let value: v128;
      if (continues) {
        value = blendedInside(source, stride, f64x2.pmin(f64x2.pmax(place, zeros), ends), lasts);
      } else if (order == 1 && i64x2.all_true(v128.and(f64x2.ge(place, zeros), f64x2.lt(place, ends)))) {
        value = blendedInside(source, stride, place, lasts);
      } else {
        const sourceRow = f64x2.extract_lane(place, 0);
        const sourceColumn = f64x2.extract_lane(place, 1);
        value = sampledAnywhere(source, width, height, sourceRow, sourceColumn, mode, fills, order);
      }
      value = f32x4.add(f32x4.mul(value, factors), offsets);
      v128.store32_lane(redPlane + at, value, 0);
      v128.store32_lane(greenPlane + at, value, 1);
      v128.store32_lane(bluePlane + at, value, 2);
      at += 4;
      column += step;
    }
  }
}

/** Between four pixels inside the picture; the two of a row come from one load of eight bytes. */
// @ts-ignore: decorator
@inline
function blendedInside(source: usize, stride: usize, place: v128, lasts: v128): v128 {
  const whole = i32x4.min_s(i32x4.trunc_sat_f64x2_s_zero(place), lasts);
  const part = f32x4.demote_f64x2_zero(f64x2.sub(place, f64x2.convert_low_i32x4_s(whole)));
  const down = v128.shuffle<f32>(part, part, 0, 0, 0, 0);
  const right = v128.shuffle<f32>(part, part, 1, 1, 1, 1);
  const at = source + <usize>i32x4.extract_lane(whole, 0) * stride + <usize>i32x4.extract_lane(whole, 1) * 3;
  const upper = v128.load64_zero(at);
  const lower = v128.load64_zero(at + stride);
  return blend(firstTexel(upper), secondTexel(upper), firstTexel(lower), secondTexel(lower), down, right);
}

// @ts-ignore: decorator
@inline
function firstTexel(bytes: v128): v128 {
  const lanes = i8x16.swizzle(bytes, i8x16(0, -1, -1, -1, 1, -1, -1, -1, 2, -1, -1, -1, -1, -1, -1, -1));
  return f32x4.convert_i32x4_s(lanes);
}

// @ts-ignore: decorator
@inline
function secondTexel(bytes: v128): v128 {
  const lanes = i8x16.swizzle(bytes, i8x16(3, -1, -1, -1, 4, -1, -1, -1, 5, -1, -1, -1, -1, -1, -1, -1));
  return f32x4.convert_i32x4_s(lanes);
}

/** Differences of bytes are exact, so three products and three sums round. */
// @ts-ignore: decorator
@inline
function blend(a: v128, b: v128, c: v128, d: v128, down: v128, right: v128): v128 {
  const top = f32x4.add(a, f32x4.mul(f32x4.sub(b, a), right));
  const bottom = f32x4.add(c, f32x4.mul(f32x4.sub(d, c), right));
  return f32x4.add(top, f32x4.mul(f32x4.sub(bottom, top), down));
}

/** At and beyond the edges, and without blending. */
function sampledAnywhere(
  source: usize, width: i32, height: i32, row: f64, column: f64, mode: i32, fills: v128, order: i32,
): v128 {
  const y = intoPicture(row, height, mode);
  const x = intoPicture(column, width, mode);
  if (mode == 1 && (y == outside || x == outside)) return fills;
  if (order == 0) return picked(source, width, height, y, x);
  return blended(source, width, height, y, x);
}

// @ts-ignore: decorator
@inline
function picked(source: usize, width: i32, height: i32, row: f64, column: f64): v128 {
  const y = nearIndex(<i32>Math.floor(row + 0.5), height);
  const x = nearIndex(<i32>Math.floor(column + 0.5), width);
  return texel(source + (<usize>(y * width + x)) * 3);
}

// @ts-ignore: decorator
@inline
function blended(source: usize, width: i32, height: i32, row: f64, column: f64): v128 {
  const floorRow = Math.floor(row);
  const floorColumn = Math.floor(column);
  const down = f32x4.splat(<f32>(row - floorRow));
  const right = f32x4.splat(<f32>(column - floorColumn));
  const y = <i32>floorRow;
  const x = <i32>floorColumn;
  const upper = (<usize>(nearIndex(y, height) * width)) * 3;
  const lower = (<usize>(nearIndex(y + 1, height) * width)) * 3;
  const left = (<usize>nearIndex(x, width)) * 3;
  const next = (<usize>nearIndex(x + 1, width)) * 3;
  return blend(
    texel(source + upper + left), texel(source + upper + next), texel(source + lower + left),
    texel(source + lower + next), down, right,
  );
}
