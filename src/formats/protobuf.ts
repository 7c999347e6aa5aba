import { type ByteSource, damaged } from "./byteSource.ts";

/** One field of a protobuf message: a number (`value`), or bytes in the file (`start` and `length`). */
export interface Field {
  readonly number: number;
  readonly wire: "varint" | "fixed64" | "bytes" | "fixed32";
  readonly value: number;
  readonly start: number;
  readonly length: number;
}

/** A run of bytes of the file. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/**
 * Walks over the fields of a message without reading what is in them, so that a file of gigabytes takes as long as its list of
 * fields. Messages inside are walked by another call: there is no recursion that a file could drive.
 *
 * @throws PermafrostError WEIGHTS_INVALID where the bytes are no protobuf.
 */
export function* fieldsOf(source: ByteSource, { start, length }: Span): Generator<Field> {
  const end = start + length;
  for (let at = start; at < end; ) {
    const key = varintAt(source, at, end);
    const field = fieldAt(source, key.value, at + key.bytes, end);
    if (field.length > end - field.start) {
      const left = end - field.start;
      throw damaged(source.name, `a field of ${field.length} bytes at byte ${field.start}, ${left} are left`);
    }
    yield field;
    at = field.start + field.length;
  }
}

/** @param at - Behind the field's key. */
function fieldAt(source: ByteSource, key: number, at: number, end: number): Field {
  const number = Math.floor(key / 8);
  if (number === 0) throw damaged(source.name, `field number 0 before byte ${at}`);
  switch (key % 8) {
    case 0: {
      const { value, bytes } = varintAt(source, at, end);
      return { number, wire: "varint", value, start: at, length: bytes };
    }
    case 1:
      return { number, wire: "fixed64", value: 0, start: at, length: 8 };
    case 2: {
      const { value, bytes } = varintAt(source, at, end);
      return { number, wire: "bytes", value: 0, start: at + bytes, length: value };
    }
    case 5:
      return { number, wire: "fixed32", value: 0, start: at, length: 4 };
    default:
      throw damaged(source.name, `no protobuf field before byte ${at} (wire type ${key % 8})`);
  }
}

/**
 * The signed 64-bit numbers of a packed field.
 *
 * @param count - How many there must be; memory is taken only if so many can be in the field.
 */
export function int64sOf(
  source: ByteSource,
  { start, length }: Span,
  count: number,
): BigInt64Array<ArrayBuffer> {
  if (count > length) throw damaged(source.name, `${count} numbers in ${length} bytes at byte ${start}`);
  const values = new BigInt64Array(count);
  let at = start;
  for (let index = 0; index < count; index++) {
    const { value, bytes } = varintAt(source, at, start + length);
    // Negative numbers are two's complement in ten bytes, more than a double holds.
    values[index] = bytes < 8 ? BigInt(value) : exactVarint(source.bytes(at, bytes));
    at += bytes;
  }
  if (at !== start + length) throw damaged(source.name, `more than ${count} numbers at byte ${start}`);
  return values;
}

function exactVarint(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const [index, byte] of bytes.entries()) value |= BigInt(byte & 0x7f) << BigInt(7 * index);
  return BigInt.asIntN(64, value);
}

export function textAt(source: ByteSource, { start, length }: Span): string {
  return new TextDecoder().decode(source.bytes(start, length));
}

function varintAt(
  source: ByteSource,
  at: number,
  end: number,
): { readonly value: number; readonly bytes: number } {
  const bytes = source.bytes(at, Math.max(0, Math.min(10, end - at)));
  let value = 0;
  for (let index = 0; index < bytes.length; index++) {
    value += (bytes[index]! & 0x7f) * 2 ** (7 * index);
    if (bytes[index]! < 0x80) return { value, bytes: index + 1 };
  }
  throw damaged(source.name, `a number at byte ${at} does not end`);
}
