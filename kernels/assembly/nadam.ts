import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/**
 * m += (g - m)(1 - beta1); v += (g^2 - v)(1 - beta2);
 * w -= (meanRate * m + gradientRate * g) / (sqrt(v * correction) + epsilon).
 * The caller folds the learning rate and the momentum schedule into the two rates.
 */
export function nadam(
  w: usize, g: usize, m: usize, v: usize, n: i32,
  meanRate: f64, gradientRate: f64, correction: f64, beta1: f64, beta2: f64, epsilon: f64,
): void {
  const ofMean = splat(meanRate);
  const ofGradient = splat(gradientRate);
  const unbiased = splat(correction);
  const fresh1 = splat(1.0 - <f64><f32>beta1);
  const fresh2 = splat(1.0 - <f64><f32>beta2);
  const eps = splat(epsilon);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) step(i, w, g, m, v, ofMean, ofGradient, unbiased, fresh1, fresh2, eps, true);
  for (; i < allBytes(n); i += 4) step(i, w, g, m, v, ofMean, ofGradient, unbiased, fresh1, fresh2, eps, false);
}

// @ts-ignore: decorator
@inline
function step(
  i: usize, w: usize, g: usize, m: usize, v: usize,
  ofMean: v128, ofGradient: v128, unbiased: v128, fresh1: v128, fresh2: v128, eps: v128, whole: bool,
): void {
  const gradient = read(g + i, whole);
  const oldMean = read(m + i, whole);
  const mean = f32x4.add(oldMean, f32x4.mul(f32x4.sub(gradient, oldMean), fresh1));
  write(m + i, mean, whole);
  const oldSquare = read(v + i, whole);
  const square = f32x4.add(oldSquare, f32x4.mul(f32x4.sub(f32x4.mul(gradient, gradient), oldSquare), fresh2));
  write(v + i, square, whole);
  const ahead = f32x4.add(f32x4.mul(mean, ofMean), f32x4.mul(gradient, ofGradient));
  const move = f32x4.div(ahead, f32x4.add(f32x4.sqrt(f32x4.mul(square, unbiased)), eps));
  write(w + i, f32x4.sub(read(w + i, whole), move), whole);
}
