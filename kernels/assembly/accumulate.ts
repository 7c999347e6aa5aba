import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/** sum += g. */
export function accumulate(sum: usize, g: usize, n: i32): void {
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) write(sum + i, f32x4.add(read(g + i, true), read(sum + i, true)), true);
  for (; i < allBytes(n); i += 4) write(sum + i, f32x4.add(read(g + i, false), read(sum + i, false)), false);
}

/** g = (g + sum) / count; sum = 0. */
export function takeMean(g: usize, sum: usize, n: i32, count: f64): void {
  const by = splat(count);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) takeOne(g + i, sum + i, by, true);
  for (; i < allBytes(n); i += 4) takeOne(g + i, sum + i, by, false);
}

// @ts-ignore: decorator
@inline
function takeOne(g: usize, sum: usize, by: v128, whole: bool): void {
  write(g, f32x4.div(f32x4.add(read(g, whole), read(sum, whole)), by), whole);
  write(sum, f32x4.splat(0), whole);
}
