/** 16-bit floating-point formats: half of the bytes, 11 (float16) or 8 (bfloat16) significant bits instead of 24. */
export type HalfFormat = "float16" | "bfloat16";

/**
 * Rounds float32 values to 16 bits, to nearest, ties to even; subnormals, infinities and NaN as IEEE 754 has them. What is
 * too large for the format becomes infinite.
 *
 * @param into - Receives as many numbers as `values` has.
 */
export function encodeHalf(format: HalfFormat, values: Float32Array, into: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const encode = format === "float16" ? float16Of : bfloat16Of;
  for (let i = 0; i < bits.length; i++) into[i] = encode(bits[i]!);
}

/** The float32 values of 16-bit numbers; every one of them is exact. */
export function decodeHalf(format: HalfFormat, halves: Uint16Array, into: Float32Array): void {
  const bits = new Uint32Array(into.buffer, into.byteOffset, halves.length);
  if (format === "bfloat16") {
    for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
    return;
  }
  for (let i = 0; i < halves.length; i++) bits[i] = float32BitsOf(halves[i]!);
}

const float32Infinity = 0x7f80_0000;
/** A quiet NaN keeps its sign and the upper bits of its payload. */
const quiet16 = 0x0200;
const quietB16 = 0x0040;

function bfloat16Of(bits: number): number {
  if ((bits & 0x7fff_ffff) > float32Infinity) return (bits >>> 16) | quietB16;
  // Adding just under half a unit, or half where the kept part is odd, carries into it exactly when it must be rounded up.
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function float16Of(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > float32Infinity) return sign | 0x7c00 | quiet16 | ((magnitude >>> 13) & 0x3ff);
  // From 65520 on the nearest is infinite.
  if (magnitude >= 0x477f_f000) return sign | 0x7c00;
  // Normal numbers, from 2^-14: the exponent's bias goes from 127 to 15, 13 bits of the fraction go.
  if (magnitude >= 0x3880_0000) {
    const odd = (magnitude >>> 13) & 1;
    return sign | ((magnitude - 0x3800_0000 + 0xfff + odd) >>> 13);
  }
  // Up to 2^-25 the nearest is zero; the tie at 2^-25 goes to the even zero.
  if (magnitude <= 0x3300_0000) return sign;
  return sign | subnormal16Of(magnitude);
}

/** A multiple of 2^-24 below 2^-14. */
function subnormal16Of(magnitude: number): number {
  const fraction = (magnitude & 0x7f_ffff) | 0x80_0000;
  const shift = 126 - (magnitude >>> 23);
  const kept = fraction >>> shift;
  const rest = fraction & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

function float32BitsOf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | float32Infinity | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal half is a normal float32: the leading one moves to its implied place.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
