/** IEEE 754 half precision (16 bits each, little-endian) to float32. Exact: every half is a float32. */
export function decodeFloat16(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float32Array(bytes.byteLength >>> 1);
  const bits = new Uint32Array(values.buffer);
  for (let index = 0; index < values.length; index++) {
    const half = view.getUint16(2 * index, true);
    const sign = (half & 0x8000) << 16;
    const exponent = (half >>> 10) & 31;
    const mantissa = half & 1023;
    if (exponent === 0) {
      // Zero or subnormal: a multiple of 2^-24.
      values[index] = (sign === 0 ? 1 : -1) * mantissa * 2 ** -24;
    } else {
      const wide = exponent === 31 ? 255 : exponent + 112;
      bits[index] = sign | (wide << 23) | (mantissa << 13);
    }
  }
  return values;
}
