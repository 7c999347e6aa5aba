import type { Operator } from "../graph/operator.ts";
import type { TensorType } from "../tensor/shape.ts";
import { int64s, reducedAxes, reducedShape } from "./axes.ts";
import { expectInputs } from "./signature.ts";

/** Which axes are reduced. Defaults: all of them; they are left out of the result. */
export interface ReductionAttributes {
  readonly axes?: readonly number[];
  /** Keep the reduced axes with size 1. */
  readonly keepDims?: boolean;
}

function inferReduction(inputs: readonly TensorType[], attributes: ReductionAttributes): TensorType[] {
  expectInputs(inputs, 1);
  const [x] = inputs;
  const axes = reducedAxes(x!.shape, attributes.axes);
  return [{ dtype: x!.dtype, shape: reducedShape(x!.shape, axes, attributes.keepDims ?? false) }];
}

function reduction<Name extends string>(name: Name, opType: string): Operator<Name, ReductionAttributes> {
  return {
    name,
    infer: inferReduction,
    lower(onnx, { inputs, outputs, inputTypes, attributes }) {
      const axes = reducedAxes(inputTypes[0]!.shape, attributes.axes);
      if (axes.length === 0) {
        // ONNX takes "no axes" for "all axes".
        onnx.node("Identity", inputs, outputs);
        return;
      }
      const keepdims = { int: Number(attributes.keepDims ?? false) };
      onnx.node(opType, [inputs[0]!, onnx.constant(int64s(axes))], outputs, { keepdims });
    },
    mixesBatch: ([x], attributes) =>
      reducedAxes(x!.shape, attributes.axes).some((axis) => x!.shape[axis] === "batch"),
  };
}

/** Sum over axes. */
export const reduceSum = reduction("reduceSum", "ReduceSum");
/** Arithmetic mean over axes. */
export const reduceMean = reduction("reduceMean", "ReduceMean");
/** Largest element over axes. */
export const reduceMax = reduction("reduceMax", "ReduceMax");
