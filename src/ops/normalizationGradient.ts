import type { OnnxEmitter, Operator } from "../graph/operator.ts";
import { elementsPerSample, type TensorType } from "../tensor/shape.ts";
import { float32, scalar } from "../tensor/tensor.ts";
import { int64s } from "./axes.ts";
import { elementTypeCode } from "./elementType.ts";
import { type BatchNormAttributes, batchNormInference } from "./normalization.ts";
import { expectInputs, expectNumber, expectShape } from "./signature.ts";

/**
 * The gradient of batchNormTraining. Inputs: x [N, C, ...], dy as x, then gamma and the batch's mean and variance, each
 * [C]. Results: dx, dgamma, dbeta.
 *
 * With r = 1 / sqrt(variance + epsilon), M elements a channel and sums over those:
 * dbeta = sum(dy); dgamma = r sum(dy (x - mean)); dx = gamma r (dy - dbeta / M - r dgamma / M (x - mean)).
 */
export const batchNormTrainingGradient: Operator<"batchNormTrainingGradient", BatchNormAttributes> = {
  name: "batchNormTrainingGradient",
  infer(inputs, attributes) {
    expectInputs(inputs, 5);
    const [x, dy, gamma, mean, variance] = inputs;
    batchNormInference.infer([x!, gamma!, gamma!, mean!, variance!], attributes);
    expectShape("dy", dy!, x!.shape);
    return [x!, gamma!, gamma!];
  },
  lower(onnx, { inputs, outputs, inputTypes, attributes }) {
    const [x, dy, gamma, mean, variance] = inputs;
    // The first needs the others, whether they are asked for or not.
    const [dx, dgamma, dbeta] = outputs.map((name) => (name === "" ? onnx.temporary() : name));
    const { rank, channels } = layoutOf(inputTypes[0]!);
    const calculate = (op: string, ...operands: readonly string[]): string => {
      const result = onnx.temporary();
      onnx.node(op, operands, [result]);
      return result;
    };
    const toChannels = onnx.constant(int64s([1, channels, ...Array.from({ length: rank - 2 }, () => 1)]));
    const channelwise = (vector: string) => calculate("Reshape", vector, toChannels);
    const spread = calculate("Sqrt", calculate("Add", variance!, onnx.constant(scalar(attributes.epsilon))));
    const r = calculate("Reciprocal", spread);
    const elements = calculate("Div", sizeAsFloat(onnx, x!), onnx.constant(scalar(channels)));

    sumOfChannels(onnx, dy!, rank, dbeta!);
    const products = onnx.temporary();
    const centered = calculate("Sub", x!, channelwise(mean!));
    sumOfChannels(onnx, calculate("Mul", dy!, centered), rank, products);
    onnx.node("Mul", [r, products], [dgamma!]);

    const scale = calculate("Mul", gamma!, r);
    const minusShare = calculate("Neg", calculate("Div", scale, elements));
    const slope = calculate("Mul", minusShare, calculate("Mul", r, dgamma!));
    const offset = calculate("Mul", minusShare, dbeta!);
    // The part that is linear in x is a normalization by given numbers: one pass over x.
    const ones = onnx.constant(float32([channels], new Float32Array(channels).fill(1)));
    const linear = onnx.temporary();
    onnx.node("BatchNormalization", [x!, slope, offset, mean!, ones], [linear], { epsilon: { float: 0 } });
    onnx.node("Add", [calculate("Mul", dy!, channelwise(scale)), linear], [dx!]);
  },
  /** x without its mean and times dy; later both parts of dx. */
  workspace: ({ inputTypes }) => ({ passing: 2 * elementsPerSample(inputTypes[0]!.shape) }),
  mixesBatch: () => true,
};

function layoutOf(x: TensorType): { readonly rank: number; readonly channels: number } {
  return { rank: x.shape.length, channels: expectNumber("channels", x.shape[1]) };
}

function sizeAsFloat(onnx: OnnxEmitter, x: string): string {
  const [size, float] = [onnx.temporary(), onnx.temporary()];
  onnx.node("Size", [x], [size]);
  onnx.node("Cast", [size], [float], { to: { int: elementTypeCode.float32 } });
  return float;
}

/** [N, C, ...] to [C]. Inner axes first: ONNX Runtime is faster that way. */
function sumOfChannels(onnx: OnnxEmitter, x: string, rank: number, sum: string): void {
  const keepdims = { int: 0 };
  const perSample = rank === 2 ? x : onnx.temporary();
  const inner = Array.from({ length: rank - 2 }, (_, index) => index + 2);
  if (rank > 2) onnx.node("ReduceSum", [x, onnx.constant(int64s(inner))], [perSample], { keepdims });
  onnx.node("ReduceSum", [perSample, onnx.constant(int64s([0]))], [sum], { keepdims });
}
