import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/**
 * v = rho * v + (1 - rho) * g^2; step = learningRate * g / sqrt(v + epsilon).
 * `average` 0: not centered. `m` 0: no momentum. `epsilonOutside`: sqrt(v) + epsilon, the form before Keras 2.11.
 */
export function rmsprop(
  w: usize, g: usize, v: usize, average: usize, m: usize, n: i32,
  learningRate: f64, rho: f64, momentum: f64, epsilon: f64, epsilonOutside: bool,
): void {
  const rate = splat(learningRate);
  const old = splat(rho);
  const fresh = splat(1.0 - rho);
  const mu = splat(momentum);
  const eps = splat(epsilon);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) step(i, w, g, v, average, m, rate, old, fresh, mu, eps, epsilonOutside, true);
  for (; i < allBytes(n); i += 4) step(i, w, g, v, average, m, rate, old, fresh, mu, eps, epsilonOutside, false);
}

// @ts-ignore: decorator
@inline
function step(
  i: usize, w: usize, g: usize, v: usize, average: usize, m: usize,
  rate: v128, old: v128, fresh: v128, mu: v128, eps: v128, epsilonOutside: bool, whole: bool,
): void {
  const gradient = read(g + i, whole);
  const square = f32x4.add(f32x4.mul(old, read(v + i, whole)), f32x4.mul(fresh, f32x4.mul(gradient, gradient)));
  write(v + i, square, whole);
  let variance = square;
  if (average) {
    const mean = f32x4.add(f32x4.mul(old, read(average + i, whole)), f32x4.mul(fresh, gradient));
    write(average + i, mean, whole);
    variance = f32x4.sub(square, f32x4.mul(mean, mean));
  }
  const denominator = epsilonOutside
    ? f32x4.add(f32x4.sqrt(variance), eps)
    : f32x4.sqrt(f32x4.add(variance, eps));
  let move = f32x4.div(f32x4.mul(rate, gradient), denominator);
  if (m) {
    move = f32x4.add(f32x4.mul(mu, read(m + i, whole)), move);
    write(m + i, move, whole);
  }
  write(w + i, f32x4.sub(read(w + i, whole), move), whole);
}
