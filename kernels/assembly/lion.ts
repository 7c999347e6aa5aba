import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/** w -= learningRate * sign(beta1 * m + (1 - beta1) g); m = beta2 * m + (1 - beta2) g. */
export function lion(w: usize, g: usize, m: usize, n: i32, learningRate: f64, beta1: f64, beta2: f64): void {
  const rate = splat(learningRate);
  const old1 = splat(beta1);
  const old2 = splat(beta2);
  const fresh1 = splat(1.0 - <f64><f32>beta1);
  const fresh2 = splat(1.0 - <f64><f32>beta2);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) step(w + i, g + i, m + i, rate, old1, fresh1, old2, fresh2, true);
  for (; i < allBytes(n); i += 4) step(w + i, g + i, m + i, rate, old1, fresh1, old2, fresh2, false);
}

// @ts-ignore: decorator
@inline
function step(
  w: usize, g: usize, m: usize, rate: v128, old1: v128, fresh1: v128, old2: v128, fresh2: v128, whole: bool,
): void {
  const gradient = read(g, whole);
  const mean = read(m, whole);
  const zero = f32x4.splat(0);
  const direction = f32x4.add(f32x4.mul(mean, old1), f32x4.mul(gradient, fresh1));
  const up = v128.and(f32x4.gt(direction, zero), rate);
  const down = v128.and(f32x4.lt(direction, zero), rate);
  write(w, f32x4.add(f32x4.sub(read(w, whole), up), down), whole);
  write(m, f32x4.add(f32x4.mul(mean, old2), f32x4.mul(gradient, fresh2)), whole);
}
