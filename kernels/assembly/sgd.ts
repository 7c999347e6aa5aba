import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/** w -= learningRate * g. */
export function sgd(w: usize, g: usize, n: i32, learningRate: f64): void {
  const rate = splat(learningRate);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) step(w + i, g + i, rate, true);
  for (; i < allBytes(n); i += 4) step(w + i, g + i, rate, false);
}

// @ts-ignore: decorator
@inline
function step(w: usize, g: usize, rate: v128, whole: bool): void {
  write(w, f32x4.sub(read(w, whole), f32x4.mul(read(g, whole), rate)), whole);
}

/** m = momentum * m - learningRate * g; w += m, or with Nesterov w += momentum * m - learningRate * g. */
export function sgdMomentum(w: usize, g: usize, m: usize, n: i32, learningRate: f64, momentum: f64, nesterov: bool): void {
  const rate = splat(learningRate);
  const mu = splat(momentum);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) stepMomentum(w + i, g + i, m + i, rate, mu, nesterov, true);
  for (; i < allBytes(n); i += 4) stepMomentum(w + i, g + i, m + i, rate, mu, nesterov, false);
}

// @ts-ignore: decorator
@inline
function stepMomentum(w: usize, g: usize, m: usize, rate: v128, mu: v128, nesterov: bool, whole: bool): void {
  const pull = f32x4.mul(read(g, whole), rate);
  const velocity = f32x4.sub(f32x4.mul(read(m, whole), mu), pull);
  write(m, velocity, whole);
  const move = nesterov ? f32x4.sub(f32x4.mul(velocity, mu), pull) : velocity;
  write(w, f32x4.add(read(w, whole), move), whole);
}
