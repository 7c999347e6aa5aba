import { allBytes, read, splat, wholeBytes, write } from "./lanes";

/**
 * v = rho * v + (1 - rho) g^2; move = sqrt(d + epsilon) * g / sqrt(v + epsilon);
 * d = rho * d + (1 - rho) move^2; w -= learningRate * move.
 */
export function adadelta(
  w: usize, g: usize, v: usize, d: usize, n: i32, learningRate: f64, rho: f64, epsilon: f64,
): void {
  const rate = splat(learningRate);
  const old = splat(rho);
  const fresh = splat(1.0 - rho);
  const eps = splat(epsilon);
  let i: usize = 0;
  for (; i < wholeBytes(n); i += 16) step(w + i, g + i, v + i, d + i, rate, old, fresh, eps, true);
  for (; i < allBytes(n); i += 4) step(w + i, g + i, v + i, d + i, rate, old, fresh, eps, false);
}

// @ts-ignore: decorator
@inline
function step(
  w: usize, g: usize, v: usize, d: usize, rate: v128, old: v128, fresh: v128, eps: v128, whole: bool,
): void {
  const gradient = read(g, whole);
  const square = f32x4.add(f32x4.mul(old, read(v, whole)), f32x4.mul(fresh, f32x4.mul(gradient, gradient)));
  write(v, square, whole);
  const moves = read(d, whole);
  const scaled = f32x4.mul(f32x4.sqrt(f32x4.add(moves, eps)), gradient);
  const move = f32x4.div(scaled, f32x4.sqrt(f32x4.add(square, eps)));
  write(d, f32x4.add(f32x4.mul(old, moves), f32x4.mul(fresh, f32x4.mul(move, move))), whole);
  write(w, f32x4.sub(read(w, whole), f32x4.mul(rate, move)), whole);
}
