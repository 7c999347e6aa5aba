import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { Random } from "../../src/base/random.ts";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Value } from "../../src/graph/graph.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { operators } from "../../src/ops/index.ts";
import { float32, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";
import { checkGradients } from "../support/checkGradients.ts";

const { add, averagePool2d, batchNormInference, conv2d, globalAveragePool2d, hardSwish } = operators;
const { logSoftmax, matMul, maxPool2d, mul, neg, reduceMean, reduceSum, relu, reshape } = operators;

const shapes = [
  ["batch", 3, 9, 9],
  [4, 3, 3, 3],
  [4],
  [4],
  [4, 1, 3, 3],
  [6, 4, 1, 1],
  [6, 3],
  [3],
  ["batch", 3],
] as const;

/** A small convolutional network of everything that MobileNets and VGGs are made of, under a cross-entropy. */
function network(g: GraphBuilder, inputs: readonly Value[]): Value {
  const [x, stem, gamma, beta, depthwise, pointwise, kernel, bias, target] = inputs;
  const mean = g.constant(float32([4], [0.1, -0.2, 0.3, 0]));
  const variance = g.constant(float32([4], [1, 2, 0.5, 1]));
  const same = { pads: [1, 1, 1, 1] } as const;
  const first = g.apply(conv2d, [x!, stem!], { ...same, strides: [2, 2] });
  const normal = g.apply(batchNormInference, [first, gamma!, beta!, mean, variance], { epsilon: 1e-3 });
  const active = g.apply(hardSwish, [normal], {});
  const residual = g.apply(add, [g.apply(conv2d, [active, depthwise!], { ...same, groups: 4 }), active], {});
  const pooled = g.apply(maxPool2d, [residual], { size: [2, 2], strides: [2, 2] });
  const wide = g.apply(relu, [g.apply(conv2d, [pooled, pointwise!], {})], {});
  const small = g.apply(averagePool2d, [wide], { size: [2, 2] });
  const means = g.apply(reshape, [g.apply(globalAveragePool2d, [small], {})], { shape: ["batch", 6] });
  const logits = g.apply(add, [g.apply(matMul, [means, kernel!], {}), bias!], {});
  const terms = g.apply(mul, [g.apply(logSoftmax, [logits], {}), target!], {});
  return g.apply(neg, [g.apply(reduceMean, [g.apply(reduceSum, [terms], { axes: [-1] })], {})], {});
}

const tensors = shapes.map((shape, index): Tensor<"float32"> => {
  const random = new Random("network", index);
  const bound = shape.map((size) => (size === "batch" ? 2 : size));
  return float32(
    bound,
    Float32Array.from({ length: sizeOf(bound) }, () => random.uniform(-1, 1)),
  );
});

describe("gradients of a small network", () => {
  it("agree with central differences", () => {
    const fed = shapes.map((shape, index) => ({ shape, tensor: tensors[index]! }));
    for (const { input, rule, differences } of checkGradients(fed, network)) {
      for (const [position, expected] of differences.entries())
        expect.soft(rule[position], `${input} ${position}`).toBeCloseTo(expected, 7);
    }
  });

  it("are the same on ONNX Runtime", async () => {
    const g = new GraphBuilder();
    const inputs = shapes.map((shape, index) =>
      g.input(`x${index}`, { dtype: "float32", shape }, { kind: "data" }),
    );
    const loss = network(g, inputs);
    const graph = g.build([loss, ...gradients(g, loss, inputs)]);
    const expected = interpret(graph, new Map(tensors.map((tensor, index) => [`x${index}`, tensor])));
    const session = await InferenceSession.create(encodeModel(graph));
    const feeds = tensors.map(({ data, shape }, index) => [
      `x${index}`,
      new OrtTensor("float32", data, shape),
    ]);
    const result = await session.run(Object.fromEntries(feeds));
    for (const [index, output] of graph.outputs.entries()) {
      const received = result[output.name]!.data as Float32Array;
      for (const [position, value] of expected[index]!.data.entries())
        expect.soft(received[position], `${output.name} ${position}`).toBeCloseTo(value, 5);
    }
  });
});
