import { allBytes, read, wholeBytes } from "./lanes";

/** Sum of x^2 in double precision. Lane sums first, then across: the order depends on n alone. */
export function sumOfSquares(x: usize, n: i32): f64 {
  let even = f64x2.splat(0);
  let odd = f64x2.splat(0);
  let i: usize = 0;
  for (; i < allBytes(n); i += 16) {
    const values = i < wholeBytes(n) ? read(x + i, true) : lastOnes(x + i, n & 3);
    const low = f64x2.promote_low_f32x4(values);
    const high = f64x2.promote_low_f32x4(i32x4.shuffle(values, values, 2, 3, 2, 3));
    even = f64x2.add(even, f64x2.mul(low, low));
    odd = f64x2.add(odd, f64x2.mul(high, high));
  }
  const sums = f64x2.add(even, odd);
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** One to three floats and zeros. */
function lastOnes(at: usize, count: i32): v128 {
  let values = v128.load32_zero(at);
  if (count > 1) values = f32x4.replace_lane(values, 1, load<f32>(at + 4));
  if (count > 2) values = f32x4.replace_lane(values, 2, load<f32>(at + 8));
  return values;
}
