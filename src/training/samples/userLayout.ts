import { permute } from "../../layers/layout.ts";
import { float32, type Tensor } from "../../tensor/tensor.ts";

/** Feature maps [samples, channels, height, width] as users see them, [samples, height, width, channels]. Other ranks stay. */
export function toUserLayout(tensor: Tensor<"float32">): Tensor<"float32"> {
  if (tensor.shape.length !== 4) return tensor;
  const [samples, channels, height, width] = tensor.shape;
  const shape = [samples!, height!, width!, channels!];
  return float32(shape, permute(tensor.data, tensor.shape, [0, 2, 3, 1]));
}
