/** Castagnoli's polynomial, bits reversed. */
const polynomial = 0x82f63b78;

const table: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
  return remainder >>> 0;
});

/** CRC-32C (RFC 3720, appendix B.4) of bytes, as an unsigned number. */
export function crc32c(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (const byte of bytes) remainder = (remainder >>> 8) ^ table[(remainder ^ byte) & 255]!;
  return ~remainder >>> 0;
}
