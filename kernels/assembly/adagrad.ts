import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/** a += g^2; w -= learningRate * g / sqrt(a + epsilon). */
export function adagrad(w: usize, g: usize, a: usize, n: i32, learningRate: f64, epsilon: f64): void {
  const rate = splat(learningRate);
  const eps = splat(epsilon);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) step(w + i, g + i, a + i, rate, eps, true);
  for (; i < allBytes(n); i += 4) step(w + i, g + i, a + i, rate, eps, false);
}

// @ts-ignore: decorator
@inline
function step(w: usize, g: usize, a: usize, rate: v128, eps: v128, whole: bool): void {
  const gradient = read(g, whole);
  const sum = f32x4.add(read(a, whole), f32x4.mul(gradient, gradient));
  write(a, sum, whole);
  const move = f32x4.div(f32x4.mul(rate, gradient), f32x4.sqrt(f32x4.add(sum, eps)));
  write(w, f32x4.sub(read(w, whole), move), whole);
}
