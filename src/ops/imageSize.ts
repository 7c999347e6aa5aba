import type { TensorType } from "../tensor/shape.ts";
import { expectNumber, type Pair } from "./signature.ts";

/** Rows and columns of a tensor [N, C, H, W]. */
export function imageSize(x: TensorType): Pair {
  return [expectNumber("height", x.shape[2]), expectNumber("width", x.shape[3])];
}
