import type { LoweredNode, OnnxEmitter, Operator } from "../graph/operator.ts";
import { elementsPerSample, type Shape } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";
import { int64s, reducedAxes } from "./axes.ts";
import { expectInputs } from "./signature.ts";

export interface StandardizeAttributes {
  /** The axes that one mean and one variance are taken over. */
  readonly axes: readonly number[];
  /** Added to the variance. */
  readonly epsilon: number;
}

/**
 * (x - mean) / sqrt(variance + epsilon) with the mean and the population variance of the elements along some axes: what
 * layer, group and instance normalization share. It keeps samples apart unless the batch axis is among the axes.
 *
 * The sums of ONNX Runtime's ReduceMean and InstanceNormalization along the last axes depend on where a row begins in
 * memory, so on its place in the batch; those of its poolings do not. LayerNormalization takes the variance as a
 * difference of squares, which loses digits.
 */
export const standardize: Operator<"standardize", StandardizeAttributes> = {
  name: "standardize",
  infer(inputs, { axes }) {
    expectInputs(inputs, 1);
    reducedAxes(inputs[0]!.shape, axes);
    return [inputs[0]!];
  },
  lower(onnx, node) {
    const { shape } = node.inputTypes[0]!;
    const axes = reducedAxes(shape, node.attributes.axes);
    const isRest = axes.length > 0 && axes[0] === shape.length - axes.length;
    if (isRest && axes[0] === 2) lowerMoments(onnx, node, poolMean(onnx));
    else if (isRest && axes[0] === 1) lowerRows(onnx, node, shape);
    else lowerMoments(onnx, node, reduceMean(onnx, axes));
  },
  mixesBatch: ([x], { axes }) => reducedAxes(x!.shape, axes).some((axis) => x!.shape[axis] === "batch"),
};

type Lowered = Pick<LoweredNode<StandardizeAttributes>, "inputs" | "outputs" | "attributes">;

/** Writes the mean of a value, its axes kept with size 1, under a name. */
type WriteMean = (of: string, to: string) => void;

function poolMean(onnx: OnnxEmitter): WriteMean {
  return (of, to) => onnx.node("GlobalAveragePool", [of], [to]);
}

function reduceMean(onnx: OnnxEmitter, axes: readonly number[]): WriteMean {
  const along = onnx.constant(int64s(axes));
  return (of, to) => onnx.node("ReduceMean", [of, along], [to], { keepdims: { int: 1 } });
}

function lowerMoments(onnx: OnnxEmitter, { inputs, outputs, attributes }: Lowered, mean: WriteMean): void {
  const [centre, centred, square, variance, sum, spread] = Array.from({ length: 6 }, () => onnx.temporary());
  mean(inputs[0]!, centre!);
  onnx.node("Sub", [inputs[0]!, centre!], [centred!]);
  onnx.node("Mul", [centred!, centred!], [square!]);
  mean(square!, variance!);
  onnx.node("Add", [variance!, onnx.constant(scalar(attributes.epsilon))], [sum!]);
  onnx.node("Sqrt", [sum!], [spread!]);
  onnx.node("Div", [centred!, spread!], outputs);
}

/** Everything behind the first axis as one row: poolings want a channel axis before what they pool. */
function lowerRows(onnx: OnnxEmitter, { inputs, outputs, attributes }: Lowered, shape: Shape): void {
  const [rows, normal] = [onnx.temporary(), onnx.temporary()];
  const sizes = shape.slice(1).map((size) => elementsPerSample([size]));
  const row = int64s([-1, 1, elementsPerSample(shape.slice(1))]);
  onnx.node("Reshape", [inputs[0]!, onnx.constant(row)], [rows]);
  lowerMoments(onnx, { inputs: [rows], outputs: [normal], attributes }, poolMean(onnx));
  onnx.node("Reshape", [normal, onnx.constant(int64s([-1, ...sizes]))], outputs);
}
