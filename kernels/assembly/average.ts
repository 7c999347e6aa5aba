import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/** Exponential moving average: average = old * average + fresh * w. */
export function follow(average: usize, w: usize, n: i32, old: f64, fresh: f64): void {
  const keep = splat(old);
  const take = splat(fresh);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) followOne(average + i, w + i, keep, take, true);
  for (; i < allBytes(n); i += 4) followOne(average + i, w + i, keep, take, false);
}

// @ts-ignore: decorator
@inline
function followOne(average: usize, w: usize, keep: v128, take: v128, whole: bool): void {
  const value = f32x4.add(f32x4.mul(keep, read(average, whole)), f32x4.mul(take, read(w, whole)));
  write(average, value, whole);
}

/** to = from. */
export function copy(to: usize, from: usize, n: i32): void {
  memory.copy(to, from, allBytes(n));
}

/** Exchanges two arrays. */
export function swap(a: usize, b: usize, n: i32): void {
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) swapOne(a + i, b + i, true);
  for (; i < allBytes(n); i += 4) swapOne(a + i, b + i, false);
}

// @ts-ignore: decorator
@inline
function swapOne(a: usize, b: usize, whole: bool): void {
  const value = read(a, whole);
  write(a, read(b, whole), whole);
  write(b, value, whole);
}
