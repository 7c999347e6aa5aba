// Every elementwise kernel is one body that runs on whole vectors and then, for the last n mod 4
// elements, on single lanes. `whole` is always a literal, so the choice is made at compile time.

/** Four floats, or one float and three zeros. */
// @ts-ignore: decorator
@inline
export function read(at: usize, whole: bool): v128 {
  return whole ? v128.load(at) : v128.load32_zero(at);
}

/** Stores four floats, or only the first. */
// @ts-ignore: decorator
@inline
export function write(at: usize, value: v128, whole: bool): void {
  if (whole) v128.store(at, value);
  else v128.store32_lane(at, value, 0);
}

/** Bytes of the part of n floats that fills whole vectors. */
// @ts-ignore: decorator
@inline
export function wholeBytes(n: i32): usize {
  return (<usize>n & ~3) << 2;
}

/** Bytes of n floats. */
// @ts-ignore: decorator
@inline
export function allBytes(n: i32): usize {
  return <usize>n << 2;
}

/** A double scalar, rounded to float32 once, in all lanes. */
// @ts-ignore: decorator
@inline
export function splat(value: f64): v128 {
  return f32x4.splat(<f32>value);
}
