import type { Operator } from "../graph/operator.ts";
import { float32, scalar } from "../tensor/tensor.ts";
import { int64s, reducedAxes } from "./axes.ts";
import { expectInputs, expectNumber } from "./signature.ts";

export interface StandardizeAttributes {
  /** The axes that one mean and one variance are taken over. */
  readonly axes: readonly number[];
  /** Added to the variance. */
  readonly epsilon: number;
}

/**
 * (x - mean) / sqrt(variance + epsilon) with the mean and the population variance of the elements along some axes: what
 * layer, group and instance normalization share. It keeps samples apart unless the batch axis is among the axes.
 */
export const standardize: Operator<"standardize", StandardizeAttributes> = {
  name: "standardize",
  infer(inputs, { axes }) {
    expectInputs(inputs, 1);
    reducedAxes(inputs[0]!.shape, axes);
    return [inputs[0]!];
  },
  lower(onnx, { inputs, outputs, inputTypes, attributes: { axes: given, epsilon } }) {
    const { shape } = inputTypes[0]!;
    const axes = reducedAxes(shape, given);
    if (shape.length > 2 && axes.length === shape.length - 2 && axes[0] === 2) {
      const channels = expectNumber("the channels", shape[1]);
      const of = (value: number) =>
        onnx.constant(float32([channels], new Float32Array(channels).fill(value)));
      onnx.node("InstanceNormalization", [inputs[0]!, of(1), of(0)], outputs, {
        epsilon: { float: epsilon },
      });
      return;
    }
    // ONNX's LayerNormalization takes the variance as a difference of squares here, which loses digits.
    const along = onnx.constant(int64s(axes));
    const [mean, centred, square, variance, sum, spread] = Array.from({ length: 6 }, () => onnx.temporary());
    onnx.node("ReduceMean", [inputs[0]!, along], [mean!], { keepdims: { int: 1 } });
    onnx.node("Sub", [inputs[0]!, mean!], [centred!]);
    onnx.node("Mul", [centred!, centred!], [square!]);
    onnx.node("ReduceMean", [square!, along], [variance!], { keepdims: { int: 1 } });
    onnx.node("Add", [variance!, onnx.constant(scalar(epsilon))], [sum!]);
    onnx.node("Sqrt", [sum!], [spread!]);
    onnx.node("Div", [centred!, spread!], outputs);
  },
  mixesBatch: ([x], { axes }) => reducedAxes(x!.shape, axes).some((axis) => x!.shape[axis] === "batch"),
};
