import { PermafrostError } from "../base/errors.ts";
import type { Operator } from "../graph/operator.ts";
import { showShape } from "../tensor/shape.ts";
import { expectInputs, expectSameDType, expectShape } from "./signature.ts";

export interface BatchNormAttributes {
  /** Added to the variance. */
  readonly epsilon: number;
}

/**
 * (x - mean) / sqrt(variance + epsilon) * gamma + beta for each channel, with given statistics (Ioffe and Szegedy 2015,
 * as used in prediction). Inputs: x [N, C, ...], then gamma, beta, mean, variance, each [C].
 */
export const batchNormInference: Operator<"batchNormInference", BatchNormAttributes> = {
  name: "batchNormInference",
  pointwise: true,
  infer(inputs) {
    expectInputs(inputs, 5);
    expectSameDType(inputs);
    const [x, ...channelwise] = inputs;
    const channels = x!.shape[1];
    if (channels === undefined) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `expected x of shape [batch, channels, ...], got ${showShape(x!.shape)}.`,
      );
    }
    for (const [index, name] of ["gamma", "beta", "mean", "variance"].entries())
      expectShape(name, channelwise[index]!, [channels]);
    return [x!];
  },
  lower: (onnx, { inputs, outputs, attributes }) =>
    onnx.node("BatchNormalization", inputs, outputs, { epsilon: { float: attributes.epsilon } }),
};
