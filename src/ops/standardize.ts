import type { LoweredNode, OnnxEmitter, Operator } from "../graph/operator.ts";
import { elementsPerSample, type Shape } from "../tensor/shape.ts";
import { float32, scalar } from "../tensor/tensor.ts";
import { int64s, inversePermutation, reducedAxes } from "./axes.ts";
import { applyOnnx, reshapeOnnx } from "./emitting.ts";
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
 * memory, so on its place in the batch, and those of ReduceMean along others on whether the batch is a single sample; those of its
 * poolings and convolutions do not. LayerNormalization takes the variance as a difference of squares, which loses digits.
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
    const isRest = axes[0] === shape.length - axes.length;
    const [first] = axes;
    if (first === undefined || first === 0) lowerMoments(onnx, node, reduceMean(onnx, axes));
    else if (isRest && first === 2) lowerMoments(onnx, node, poolMean(onnx));
    else if (shape.length > 2 && axes.join() === "1") lowerChannels(onnx, node, shape);
    else lowerRows(onnx, node, { shape, axes });
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

/** Over the channels of each pixel: the mean is a product with equal numbers. */
function lowerChannels(onnx: OnnxEmitter, { inputs, outputs, attributes }: Lowered, shape: Shape): void {
  const [channels, ...sizes] = shape.slice(1).map((size) => elementsPerSample([size]));
  const shares = onnx.constant(float32([1, channels!], new Float32Array(channels!).fill(1 / channels!)));
  const pixels = reshapeOnnx(onnx, inputs[0]!, [-1, channels!, elementsPerSample(sizes)]);
  const normal = onnx.temporary();
  const mean: WriteMean = (of, to) => onnx.node("MatMul", [shares, of], [to]);
  lowerMoments(onnx, { inputs: [pixels], outputs: [normal], attributes }, mean);
  onnx.node("Reshape", [normal, onnx.constant(int64s([-1, channels!, ...sizes]))], outputs);
}

interface Rows {
  readonly shape: Shape;
  readonly axes: readonly number[];
}

/** The axes put last and read as rows, a channel for each place along the others: so poolings want them. */
function lowerRows(onnx: OnnxEmitter, { inputs, outputs, attributes }: Lowered, { shape, axes }: Rows): void {
  const kept = shape.map((_, axis) => axis).filter((axis) => axis > 0 && !axes.includes(axis));
  const order = [0, ...kept, ...axes];
  const turned = turnedOnnx(onnx, inputs[0]!, order);
  const sizes = order.map((axis) => shape[axis]!);
  const channels = elementsPerSample(sizes.slice(1, kept.length + 1));
  const rows = reshapeOnnx(onnx, turned, [-1, channels, elementsPerSample(sizes.slice(kept.length + 1))]);
  const normal = onnx.temporary();
  lowerMoments(onnx, { inputs: [rows], outputs: [normal], attributes }, poolMean(onnx));
  const whole = reshapeOnnx(onnx, normal, [-1, ...sizes.slice(1).map((size) => elementsPerSample([size]))]);
  const back = turnedOnnx(onnx, whole, inversePermutation(order));
  onnx.node("Identity", [back], outputs);
}

/** @param order - For each axis of the result the one that it was. */
function turnedOnnx(onnx: OnnxEmitter, x: string, order: readonly number[]): string {
  const isSame = order.every((axis, place) => axis === place);
  return isSame ? x : applyOnnx(onnx, "Transpose", [x], { perm: { ints: order } });
}
