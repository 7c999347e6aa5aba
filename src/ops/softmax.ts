import type { Operator } from "../graph/operator.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { expectInputs } from "./signature.ts";

/** The axis whose elements share a sum of 1. Default: the last. */
export interface SoftmaxAttributes {
  readonly axis?: number;
}

function normalized<Name extends string>(name: Name, opType: string): Operator<Name, SoftmaxAttributes> {
  return {
    name,
    pointwise: true,
    infer(inputs, { axis = -1 }) {
      expectInputs(inputs, 1);
      normalizeAxis(axis, inputs[0]!.shape.length);
      return [inputs[0]!];
    },
    lower: (onnx, { inputs, outputs, inputTypes, attributes }) =>
      onnx.node(opType, inputs, outputs, {
        axis: { int: normalizeAxis(attributes.axis ?? -1, inputTypes[0]!.shape.length) },
      }),
    mixesBatch: ([x], { axis = -1 }) => x!.shape.at(axis) === "batch",
  };
}

/** e^x over the sum of e^x along an axis. */
export const softmax = normalized("softmax", "Softmax");
/** The logarithm of softmax, without its loss of small values. */
export const logSoftmax = normalized("logSoftmax", "LogSoftmax");
