import { allBytes, splat } from "./lanes";
import { nextBlocks, storeBlocks, words0, words1, words2, words3 } from "./philox";

// Box and Muller 1958, four pairs at a time, with the polynomials of Moshier's Cephes library for float32
// (logf, sinf, cosf; errors of about one unit in the last place). Plain products and sums: the same bits everywhere.

/** a · b + c. */
// @ts-ignore: decorator
@inline
function fused(a: v128, b: v128, c: f64): v128 {
  return f32x4.add(f32x4.mul(a, b), splat(c));
}

/** The natural logarithm of numbers from 2^-32 to 1. */
// @ts-ignore: decorator
@inline
function logarithm(u: v128): v128 {
  // u = m 2^e with m from 1/2 to 1, doubled where it is below sqrt(1/2).
  const exponent = i32x4.sub(i32x4.shr_u(u, 23), i32x4.splat(126));
  const m = v128.or(v128.and(u, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(m, splat(0.7071067811865476));
  const e = f32x4.convert_i32x4_s(i32x4.add(exponent, small));
  const x = f32x4.sub(f32x4.add(m, v128.and(m, small)), splat(1));
  const z = f32x4.mul(x, x);
  let p = fused(splat(0.070376836292), x, -0.1151461031);
  p = fused(p, x, 0.1167699874);
  p = fused(p, x, -0.12420140846);
  p = fused(p, x, 0.14249322787);
  p = fused(p, x, -0.16668057665);
  p = fused(p, x, 0.20000714765);
  p = fused(p, x, -0.24999993993);
  p = fused(p, x, 0.33333331174);
  let y = f32x4.mul(f32x4.mul(p, x), z);
  y = f32x4.add(y, f32x4.mul(e, splat(-0.000212194440)));
  y = f32x4.sub(y, f32x4.mul(z, splat(0.5)));
  return f32x4.add(f32x4.add(x, y), f32x4.mul(e, splat(0.693359375)));
}

/** How far from 0 each pair of normal numbers lies: sqrt(-2 ln u), u = (word, at least 1) / 2^32. */
// @ts-ignore: decorator
@inline
function radius(words: v128): v128 {
  const u = f32x4.mul(f32x4.convert_i32x4_u(i32x4.max_u(words, i32x4.splat(1))), splat(1.0 / 4294967296.0));
  return f32x4.sqrt(f32x4.max(f32x4.mul(logarithm(u), splat(-2)), splat(0)));
}

let cosine: v128 = i32x4.splat(0);
let sine: v128 = i32x4.splat(0);

/**
 * Cosine and sine of the angle that a word stands for: its two upper bits say the quarter turn, the others the angle
 * from -1/8 to 1/8 turn around it.
 */
// @ts-ignore: decorator
@inline
function turn(words: v128): void {
  const part = f32x4.convert_i32x4_s(i32x4.shl(words, 2));
  const x = f32x4.mul(part, splat(1.5707963267948966 / 4294967296.0));
  const z = f32x4.mul(x, x);
  const s = f32x4.add(
    f32x4.mul(f32x4.mul(fused(fused(splat(-0.00019515295891), z, 0.0083321608736), z, -0.16666654611), z), x),
    x,
  );
  const higher = fused(fused(splat(0.00002443315711809948), z, -0.001388731625493765), z, 0.04166664568298827);
  const c = f32x4.add(f32x4.mul(f32x4.mul(higher, z), z), fused(z, splat(-0.5), 1));
  const odd = i32x4.shr_s(i32x4.shl(words, 1), 31);
  const signOfSine = v128.and(words, i32x4.splat(0x80000000));
  const signOfCosine = v128.xor(signOfSine, i32x4.shl(v128.and(odd, i32x4.splat(1)), 31));
  cosine = v128.xor(v128.bitselect(s, c, odd), signOfCosine);
  sine = v128.xor(v128.bitselect(c, s, odd), signOfSine);
}

/**
 * Fills `noise` with normal numbers of mean 0. Elements 2i and 2i + 1 come from words 2i (radius) and 2i + 1 (angle) of
 * the stream that `dropoutMask` describes.
 */
export function normalNoise(noise: usize, n: i32, stddev: f64, key0: u32, key1: u32, step: u32, stream: u32): void {
  const scale = splat(stddev);
  const end = noise + allBytes(n);
  for (let at = noise, block: i32 = 0; at < end; at += 64, block += 4) {
    nextBlocks(block, key0, key1, step, stream);
    const first = f32x4.mul(radius(words0), scale);
    const second = f32x4.mul(radius(words2), scale);
    turn(words1);
    const n0 = f32x4.mul(first, cosine);
    const n1 = f32x4.mul(first, sine);
    turn(words3);
    const n2 = f32x4.mul(second, cosine);
    const n3 = f32x4.mul(second, sine);
    storeBlocks(at, end, n0, n1, n2, n3);
  }
}
