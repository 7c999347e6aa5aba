import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/**
 * m += (g - m)(1 - beta1); v += (g^2 - v)(1 - beta2); w -= alpha * m / (sqrt(v) + epsilon).
 * `maximum` 0: plain Adam, else AMSGrad. The caller folds the bias corrections into alpha.
 */
export function adam(
  w: usize, g: usize, m: usize, v: usize, maximum: usize, n: i32,
  alpha: f64, beta1: f64, beta2: f64, epsilon: f64,
): void {
  const rate = splat(alpha);
  const fresh1 = splat(1.0 - beta1);
  const fresh2 = splat(1.0 - beta2);
  const eps = splat(epsilon);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) step(i, w, g, m, v, maximum, rate, fresh1, fresh2, eps, true);
  for (; i < allBytes(n); i += 4) step(i, w, g, m, v, maximum, rate, fresh1, fresh2, eps, false);
}

// @ts-ignore: decorator
@inline
function step(
  i: usize, w: usize, g: usize, m: usize, v: usize, maximum: usize,
  rate: v128, fresh1: v128, fresh2: v128, eps: v128, whole: bool,
): void {
  const gradient = read(g + i, whole);
  const oldMean = read(m + i, whole);
  const mean = f32x4.add(oldMean, f32x4.mul(f32x4.sub(gradient, oldMean), fresh1));
  write(m + i, mean, whole);
  const oldSquare = read(v + i, whole);
  let square = f32x4.add(oldSquare, f32x4.mul(f32x4.sub(f32x4.mul(gradient, gradient), oldSquare), fresh2));
  write(v + i, square, whole);
  if (maximum) {
    square = f32x4.max(read(maximum + i, whole), square);
    write(maximum + i, square, whole);
  }
  const move = f32x4.div(f32x4.mul(mean, rate), f32x4.add(f32x4.sqrt(square), eps));
  write(w + i, f32x4.sub(read(w + i, whole), move), whole);
}
