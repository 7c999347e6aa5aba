import { decodeHalf } from "../tensor/halfFloat.ts";
import { type DType, sizeOf, type Tensor, tensor } from "../tensor/tensor.ts";
import { unsupported } from "./byteSource.ts";

/** How elements lie in a file, little-endian. */
export type StoredType =
  | DType
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "uint16"
  | "uint32"
  | "uint64"
  | "text"
  | "other";

const elementBytes: Readonly<Record<StoredType, number>> = {
  bool: 1,
  uint8: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  bfloat16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
  int64: 8,
  uint64: 8,
  text: 0,
  other: 0,
};

/**
 * Bytes that the elements of a tensor take; never a number that could be believed by mistake.
 *
 * @throws PermafrostError WEIGHTS_INVALID for element types that are not read and for shapes beyond 2^53 bytes.
 */
export function storedBytes(dtype: StoredType, shape: readonly number[], where: string): number {
  const each = elementBytes[dtype];
  if (each === 0) throw unsupported(where, `elements of type ${dtype} are not read, only numbers`);
  const bytes = sizeOf(shape) * each;
  if (!Number.isSafeInteger(bytes)) throw unsupported(where, `its shape [${shape.join(", ")}] is too large`);
  return bytes;
}

/**
 * A tensor over elements as they lie in a file. float32, float64, int32, int64, uint8 and bool are not copied if they lie at
 * a multiple of their size. The others are widened: 16-bit floats to float32, narrow integers to int32, uint32 to int64.
 *
 * @throws PermafrostError WEIGHTS_INVALID for types that do not fit any of ours.
 */
export function tensorOf(
  dtype: StoredType,
  shape: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
  where: string,
): Tensor {
  const { buffer, byteOffset, length } = bytes.byteOffset % elementBytes[dtype] === 0 ? bytes : bytes.slice();
  const count = length / elementBytes[dtype];
  switch (dtype) {
    case "float32":
      return tensor(dtype, shape, new Float32Array(buffer, byteOffset, count));
    case "float64":
      return tensor(dtype, shape, new Float64Array(buffer, byteOffset, count));
    case "int32":
      return tensor(dtype, shape, new Int32Array(buffer, byteOffset, count));
    case "int64":
      return tensor(dtype, shape, new BigInt64Array(buffer, byteOffset, count));
    case "uint8":
    case "bool":
      return tensor(dtype, shape, new Uint8Array(buffer, byteOffset, count));
    case "float16":
    case "bfloat16": {
      const values = new Float32Array(count);
      decodeHalf(dtype, new Uint16Array(buffer, byteOffset, count), values);
      return tensor("float32", shape, values);
    }
    case "int8":
      return tensor("int32", shape, Int32Array.from(new Int8Array(buffer, byteOffset, count)));
    case "int16":
      return tensor("int32", shape, Int32Array.from(new Int16Array(buffer, byteOffset, count)));
    case "uint16":
      return tensor("int32", shape, Int32Array.from(new Uint16Array(buffer, byteOffset, count)));
    case "uint32":
      return tensor("int64", shape, BigInt64Array.from(new Uint32Array(buffer, byteOffset, count), BigInt));
    default:
      throw unsupported(where, `elements of type ${dtype} are not read; convert them to float32`);
  }
}
