import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/** Decoupled weight decay: w -= w * factor. */
export function decay(w: usize, n: i32, factor: f64): void {
  const rate = splat(factor);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) decayOne(w + i, rate, true);
  for (; i < allBytes(n); i += 4) decayOne(w + i, rate, false);
}

// @ts-ignore: decorator
@inline
function decayOne(w: usize, rate: v128, whole: bool): void {
  const value = read(w, whole);
  write(w, f32x4.sub(value, f32x4.mul(value, rate)), whole);
}

/** x *= factor. */
export function scale(x: usize, n: i32, factor: f64): void {
  const rate = splat(factor);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) write(x + i, f32x4.mul(read(x + i, true), rate), true);
  for (; i < allBytes(n); i += 4) write(x + i, f32x4.mul(read(x + i, false), rate), false);
}

/** x = min(max(x, low), high); NaN stays NaN. */
export function clamp(x: usize, n: i32, low: f64, high: f64): void {
  const lower = splat(low);
  const upper = splat(high);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) clampOne(x + i, lower, upper, true);
  for (; i < allBytes(n); i += 4) clampOne(x + i, lower, upper, false);
}

// @ts-ignore: decorator
@inline
function clampOne(x: usize, lower: v128, upper: v128, whole: bool): void {
  write(x, f32x4.min(f32x4.max(read(x, whole), lower), upper), whole);
}
