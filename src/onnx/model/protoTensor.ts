import { decodeHalf } from "../../tensor/halfFloat.ts";
import { sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { TensorProto } from "../gen/onnx_pb.ts";

/** Element types of onnx.proto3, with the bits of an element; text has none. */
const elementBits: Readonly<Record<number, number>> = {
  1: 32,
  2: 8,
  3: 8,
  4: 16,
  5: 16,
  6: 32,
  7: 64,
  8: 0,
  9: 8,
  10: 16,
  11: 64,
  12: 32,
  13: 64,
  14: 64,
  15: 128,
  16: 16,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  21: 4,
  22: 4,
  23: 4,
};

export const elementTypes = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  text: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;

/** Types whose elements become float32 here. */
export const floatTypes: ReadonlySet<number> = new Set([1, 10, 11, 16]);

/** Bits of one element; undefined for a type that does not exist. */
export function bitsOf(type: number): number | undefined {
  return elementBits[type];
}

/** Bytes of one element; of half a byte for types of four bits. */
export function elementBytes({ dataType }: TensorProto): number {
  return (elementBits[dataType] ?? 0) / 8;
}

export function elementCount({ dims }: TensorProto): number {
  return sizeOf(dims.map(Number));
}

/**
 * A tensor of a model in one of our element types: halves become float32, which holds them exactly, doubles are rounded to it.
 * Undefined for other types.
 */
export function tensorOf(proto: TensorProto): Tensor | undefined {
  const shape = proto.dims.map(Number);
  const bytes = Uint8Array.from(proto.rawData);
  const isRaw = bytes.length > 0;
  switch (proto.dataType) {
    case elementTypes.float32:
      return {
        dtype: "float32",
        shape,
        data: isRaw ? new Float32Array(bytes.buffer) : Float32Array.from(proto.floatData),
      };
    case elementTypes.float64: {
      const doubles = isRaw ? new Float64Array(bytes.buffer) : proto.doubleData;
      return { dtype: "float32", shape, data: Float32Array.from(doubles) };
    }
    case elementTypes.float16:
    case elementTypes.bfloat16: {
      const halves = isRaw ? new Uint16Array(bytes.buffer) : Uint16Array.from(proto.int32Data);
      const data = new Float32Array(halves.length);
      decodeHalf(proto.dataType === elementTypes.float16 ? "float16" : "bfloat16", halves, data);
      return { dtype: "float32", shape, data };
    }
    case elementTypes.int64:
      return {
        dtype: "int64",
        shape,
        data: isRaw ? new BigInt64Array(bytes.buffer) : BigInt64Array.from(proto.int64Data),
      };
    case elementTypes.int32:
      return {
        dtype: "int32",
        shape,
        data: isRaw ? new Int32Array(bytes.buffer) : Int32Array.from(proto.int32Data),
      };
    case elementTypes.bool:
    case elementTypes.uint8:
      return {
        dtype: proto.dataType === elementTypes.bool ? "bool" : "uint8",
        shape,
        data: isRaw ? bytes : Uint8Array.from(proto.int32Data),
      };
    default:
      return undefined;
  }
}
