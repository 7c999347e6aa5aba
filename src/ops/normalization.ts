import { PermafrostError } from "../base/errors.ts";
import type { OnnxEmitter, Operator } from "../graph/operator.ts";
import { showShape, type TensorType } from "../tensor/shape.ts";
import { int64s } from "./axes.ts";
import { expectInputs, expectNumber, expectSameDType, expectShape } from "./signature.ts";

export interface BatchNormAttributes {
  /** Added to the variance. */
  readonly epsilon: number;
}

/** Checks x [N, C, ...] and vectors [C]; hands back C. */
function expectChannelwise(
  inputs: readonly TensorType[],
  x: TensorType | undefined,
  names: readonly string[],
  vectors: readonly TensorType[],
): number {
  expectInputs(inputs, inputs.length - vectors.length + names.length);
  expectSameDType(inputs);
  if (x!.shape.length < 2) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `expected x of shape [batch, channels, ...], got ${showShape(x!.shape)}.`,
    );
  }
  const channels = expectNumber("channels", x!.shape[1]);
  for (const [index, name] of names.entries()) expectShape(name, vectors[index]!, [channels]);
  return channels;
}

/**
 * (x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel, with given statistics (Ioffe and Szegedy 2015,
 * as used in prediction). Inputs: x [N, C, ...], then gamma, beta, mean, variance, each [C].
 */
export const batchNormInference: Operator<"batchNormInference", BatchNormAttributes> = {
  name: "batchNormInference",
  pointwise: true,
  infer(inputs) {
    const [x, ...channelwise] = inputs;
    expectChannelwise(inputs, x, ["gamma", "beta", "mean", "variance"], channelwise);
    return [x!];
  },
  lower: (onnx, { inputs, outputs, attributes }) =>
    onnx.node("BatchNormalization", inputs, outputs, { epsilon: { float: attributes.epsilon } }),
};

/**
 * (x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel, with the statistics of the batch itself (Ioffe and
 * Szegedy 2015, as used in training). Inputs: x [N, C, ...], then gamma and beta, each [C]. Results: y as x, then mean and
 * variance, each [C]; the variance is the population's (divided by the number of elements). Gradients flow through y only.
 */
export const batchNormTraining: Operator<"batchNormTraining", BatchNormAttributes> = {
  name: "batchNormTraining",
  infer(inputs) {
    const [x, ...vectors] = inputs;
    const channels = expectChannelwise(inputs, x, ["gamma", "beta"], vectors);
    const statistics = { dtype: x!.dtype, shape: [channels] };
    return [x!, statistics, statistics];
  },
  lower(onnx, { inputs, inputTypes, outputs, attributes }) {
    const ignored = runningStatistics(onnx, inputs[0]!, inputTypes[0]!);
    // ONNX Runtime writes all three results, asked for or not, and ends the process where one has no place.
    const results = outputs.map((output) => (output === "" ? onnx.temporary() : output));
    onnx.node("BatchNormalization", [...inputs, ...ignored], results, {
      epsilon: { float: attributes.epsilon },
      momentum: { float: 0 },
      training_mode: { int: 1 },
    });
  },
  mixesBatch: () => true,
};

/**
 * What BatchNormalization takes as running mean and variance. With momentum 0 those of the batch come out, whatever goes
 * in, but ONNX Runtime writes them over what went in: each node needs memory of its own, which no constant is.
 */
function runningStatistics(onnx: OnnxEmitter, x: string, { shape }: TensorType): readonly string[] {
  const [pixel, mean, variance] = [onnx.temporary(), onnx.temporary(), onnx.temporary()];
  const axes = shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const all = (value: number) => axes.map(() => value);
  const bounds = [all(0), all(1), axes].map((values) => onnx.constant(int64s(values)));
  onnx.node("Slice", [x, ...bounds], [pixel]);
  onnx.node("Reshape", [pixel, onnx.constant(int64s([-1]))], [mean]);
  onnx.node("Neg", [mean], [variance]);
  return [mean, variance];
}
