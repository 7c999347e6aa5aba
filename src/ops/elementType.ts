import type { DType } from "../tensor/tensor.ts";

/** How ONNX numbers the element types (TensorProto.DataType). */
export const elementTypeCode: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};
