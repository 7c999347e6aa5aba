// Philox4x32-10 (Salmon et al. 2011), four blocks at a time: lane b of a vector belongs to block b.

const multiplier0: i32 = 0xd2511f53;
const multiplier1: i32 = 0xcd9e8d57;
const weyl0: i32 = 0x9e3779b9;
const weyl1: i32 = 0xbb67ae85;

/** Low 32 bits of the four products with an unsigned constant. */
// @ts-ignore: decorator
@inline
function multiplyLow(words: v128, by: v128): v128 {
  return i32x4.mul(words, by);
}

/** High 32 bits of the four products. */
// @ts-ignore: decorator
@inline
function multiplyHigh(words: v128, by: v128): v128 {
  const low = i64x2.extmul_low_i32x4_u(words, by);
  const high = i64x2.extmul_high_i32x4_u(words, by);
  return i32x4.shuffle(low, high, 1, 3, 5, 7);
}

// What `nextBlocks` leaves: word w of each of four blocks. Globals, because a function hands back one value.
export let words0: v128 = i32x4.splat(0);
export let words1: v128 = i32x4.splat(0);
export let words2: v128 = i32x4.splat(0);
export let words3: v128 = i32x4.splat(0);

/** The words of blocks `block` to `block + 3`: counter words 0 and 1 are the block, 2 and 3 are `step` and `stream`. */
// @ts-ignore: decorator
@inline
export function nextBlocks(block: i32, key0: u32, key1: u32, step: u32, stream: u32): void {
  const by0 = i32x4.splat(multiplier0);
  const by1 = i32x4.splat(multiplier1);
  let c0 = i32x4.add(i32x4.splat(block), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(0); // n is a 32-bit count: the block number never reaches its high word
  let c2 = i32x4.splat(step);
  let c3 = i32x4.splat(stream);
  let k0: i32 = key0;
  let k1: i32 = key1;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(c0, by0);
    const low0 = multiplyLow(c0, by0);
    const high1 = multiplyHigh(c2, by1);
    const low1 = multiplyLow(c2, by1);
    c0 = v128.xor(v128.xor(high1, c1), i32x4.splat(k0));
    c1 = low1;
    c2 = v128.xor(v128.xor(high0, c3), i32x4.splat(k1));
    c3 = low0;
    k0 += weyl0;
    k1 += weyl1;
  }
  words0 = c0;
  words1 = c1;
  words2 = c2;
  words3 = c3;
}

/** Turns words-by-block into blocks in a row and stores them, not beyond `end`. */
// @ts-ignore: decorator
@inline
export function storeBlocks(at: usize, end: usize, m0: v128, m1: v128, m2: v128, m3: v128): void {
  const low01 = i32x4.shuffle(m0, m1, 0, 4, 1, 5);
  const low23 = i32x4.shuffle(m2, m3, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(m0, m1, 2, 6, 3, 7);
  const high23 = i32x4.shuffle(m2, m3, 2, 6, 3, 7);
  storeUpTo(at, end, i64x2.shuffle(low01, low23, 0, 2));
  storeUpTo(at + 16, end, i64x2.shuffle(low01, low23, 1, 3));
  storeUpTo(at + 32, end, i64x2.shuffle(high01, high23, 0, 2));
  storeUpTo(at + 48, end, i64x2.shuffle(high01, high23, 1, 3));
}

// @ts-ignore: decorator
@inline
function storeUpTo(at: usize, end: usize, values: v128): void {
  if (at + 16 <= end) {
    v128.store(at, values);
    return;
  }
  if (at < end) v128.store32_lane(at, values, 0);
  if (at + 4 < end) v128.store32_lane(at + 4, values, 1);
  if (at + 8 < end) v128.store32_lane(at + 8, values, 2);
}
