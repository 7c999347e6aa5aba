import { allBytes } from "./lanes";
import { nextBlocks, storeBlocks, words0, words1, words2, words3 } from "./philox";

/** 1 / keep where the lane's word is below the threshold, else 0. */
// @ts-ignore: decorator
@inline
function choose(words: v128, threshold: v128, kept: v128, all: v128): v128 {
  return v128.and(v128.or(i32x4.lt_u(words, threshold), all), kept);
}

/**
 * Fills `mask` with 0 and 1 / keep. Element i uses word i of the stream: block i / 4 is counter words (0, 1), `step` and
 * `stream` are words 2 and 3.
 */
export function dropoutMask(mask: usize, n: i32, keep: f64, key0: u32, key1: u32, step: u32, stream: u32): void {
  const limit = keep * 4294967296.0;
  const threshold = i32x4.splat(<i32>(<u32>min(ceil(limit), 4294967295.0)));
  // At keep = 1 even the largest word is kept; the threshold alone cannot say so.
  const all = i32x4.splat(limit >= 4294967296.0 ? -1 : 0);
  const kept = f32x4.splat(<f32>(1.0 / keep));
  const end = mask + allBytes(n);
  for (let at = mask, block: i32 = 0; at < end; at += 64, block += 4) {
    nextBlocks(block, key0, key1, step, stream);
    const m0 = choose(words0, threshold, kept, all);
    const m1 = choose(words1, threshold, kept, all);
    const m2 = choose(words2, threshold, kept, all);
    const m3 = choose(words3, threshold, kept, all);
    storeBlocks(at, end, m0, m1, m2, m3);
  }
}
