import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../graph/builder.ts";
import type { Operator } from "../graph/operator.ts";
import type { Shape } from "../tensor/shape.ts";
import type { DType } from "../tensor/tensor.ts";
import { type AttributesOf, type OperatorName, operators } from "./index.ts";

type Input = Shape | { readonly dtype: DType; readonly shape: Shape };

function apply<Name extends OperatorName>(
  name: Name,
  shapes: readonly Input[],
  attributes: AttributesOf<Name>,
) {
  const g = new GraphBuilder();
  const inputs = shapes.map((input, index) => {
    const type = "dtype" in input ? input : { dtype: "float32" as const, shape: input };
    return g.input(`x${index}`, type, { kind: "data" });
  });
  return g.apply(operators[name] as Operator<string, unknown>, inputs, attributes);
}

function shapeOf<Name extends OperatorName>(
  name: Name,
  shapes: readonly Input[],
  attributes: AttributesOf<Name>,
): Shape {
  return apply(name, shapes, attributes).type.shape;
}

describe("shape rules", () => {
  it("carry the batch axis along", () => {
    expect(shapeOf("add", [["batch", 4], [4]], {})).toEqual(["batch", 4]);
    expect(
      shapeOf(
        "matMul",
        [
          ["batch", 3],
          [3, 2],
        ],
        {},
      ),
    ).toEqual(["batch", 2]);
    expect(shapeOf("reduceMean", [["batch", 3]], { axes: [0] })).toEqual([3]);
    expect(
      shapeOf(
        "conv2d",
        [
          ["batch", 3, 8, 8],
          [6, 3, 3, 3],
        ],
        { strides: [2, 2], pads: [1, 1, 1, 1] },
      ),
    ).toEqual(["batch", 6, 4, 4]);
    expect(shapeOf("globalAveragePool2d", [["batch", 5, 7, 7]], {})).toEqual(["batch", 5, 1, 1]);
    expect(shapeOf("oneHot", [{ dtype: "int64", shape: ["batch"] }], { depth: 3 })).toEqual(["batch", 3]);
  });

  it("turn comparisons into float32 masks", () => {
    expect(apply("greater", [["batch"], []], {}).type).toEqual({ dtype: "float32", shape: ["batch"] });
  });

  it.each<[string, () => unknown, string]>([
    [
      "the wrong number of inputs",
      () => apply("add", [[2]], {}),
      "add(x0 float32[2]): expected 2 inputs, got 1.",
    ],
    [
      "shapes that do not broadcast",
      () => apply("mul", [["batch", 3], [4]], {}),
      "mul(x0 float32[batch, 3], x1 float32[4]): shapes [batch, 3] and [4] cannot be combined element by element: axis 1 has 3 and 4.",
    ],
    [
      "mixed element types",
      () => apply("add", [[2], { dtype: "int64", shape: [2] }], {}),
      "add(x0 float32[2], x1 int64[2]): expected inputs of one element type, got float32 and int64. Use cast first.",
    ],
    [
      "matrices that do not fit",
      () =>
        apply(
          "matMul",
          [
            ["batch", 3],
            [4, 2],
          ],
          {},
        ),
      "matMul(x0 float32[batch, 3], x1 float32[4, 2]): expected as many columns on the left as rows on the right, got [batch, 3] and [4, 2].",
    ],
    [
      "a reshape that mixes samples",
      () => apply("reshape", [["batch", 4]], { shape: [4, "batch"] }),
      "reshape(x0 float32[batch, 4]): expected a new shape with as many elements as [batch, 4], before and behind its batch axis, got [4, batch].",
    ],
    [
      "an incomplete permutation",
      () => apply("transpose", [[2, 3]], { permutation: [0, 0] }),
      "transpose(x0 float32[2, 3]): expected a permutation of the axes 0 to 1, got [0, 0].",
    ],
    [
      "a slice beyond the end",
      () => apply("slice", [[2, 3]], { axis: 1, start: 2, end: 4 }),
      "slice(x0 float32[2, 3]): expected 0 <= start < end <= 3 on axis 1, got start 2 and end 4.",
    ],
    [
      "a concatenation of batches",
      () => apply("concat", [["batch"], ["batch"]], { axis: 0 }),
      "concat(x0 float32[batch], x1 float32[batch]): expected axis 0 of each input to have a fixed size, got batch.",
    ],
    [
      "a batch size out of nowhere",
      () => apply("broadcastTo", [[1, 2]], { shape: ["batch", 2] }),
      "broadcastTo(x0 float32[1, 2]): the size of batch axis 0 of [batch, 2] is not known from [1, 2]. Use broadcastLike.",
    ],
    [
      "an axis that does not exist",
      () => apply("softmax", [["batch", 3]], { axis: 2 }),
      "softmax(x0 float32[batch, 3]): axis 2 does not exist in a tensor of 2 axes: expected an integer from -2 to 1.",
    ],
    [
      "filters over other channels",
      () =>
        apply(
          "conv2d",
          [
            ["batch", 4, 8, 8],
            [6, 3, 3, 3],
          ],
          {},
        ),
      "conv2d(x0 float32[batch, 4, 8, 8], x1 float32[6, 3, 3, 3]): expected filters over 4 channels (4 in 1 groups) and a filter count that groups divide, got 6 filters over 3.",
    ],
    [
      "a window larger than the image",
      () => apply("maxPool2d", [["batch", 4, 1, 8]], { size: [2, 2] }),
      "maxPool2d(x0 float32[batch, 4, 1, 8]): the window reaches over 2 rows, but the padded image has only 1. Use larger images, a smaller window or padding.",
    ],
    [
      "pictures resized to nothing",
      () =>
        apply("resize2d", [["batch", 3, 4, 5]], { size: [0, 2], interpolation: "nearest", antialias: false }),
      "resize2d(x0 float32[batch, 3, 4, 5]): expected the size to be integers of at least 1, got [0, 2].",
    ],
    [
      "rows to resize",
      () => apply("resize2d", [["batch", 3]], { size: [2, 2], interpolation: "nearest", antialias: false }),
      "resize2d(x0 float32[batch, 3]): expected 4 axes [N, C, H, W], got shape [batch, 3].",
    ],
    [
      "an axis standardized twice",
      () => apply("standardize", [["batch", 3]], { axes: [1, -1], epsilon: 0 }),
      "standardize(x0 float32[batch, 3]): expected each axis once, got [1, -1].",
    ],
    [
      "statistics of another length",
      () => apply("batchNormInference", [["batch", 4], [4], [4], [3], [4]], { epsilon: 0.001 }),
      "batchNormInference(x0 float32[batch, 4], x1 float32[4], x2 float32[4], x3 float32[3], x4 float32[4]): expected mean of shape [4], got [3].",
    ],
  ])("reject %s", (_, use, message) => {
    expect(use).toThrow(expect.objectContaining({ message }));
  });
});

describe("mixesBatch", () => {
  function mixes<Name extends OperatorName>(
    name: Name,
    shapes: readonly Shape[],
    attributes: AttributesOf<Name>,
  ) {
    const op = operators[name] as Operator<string, unknown>;
    const types = shapes.map((shape) => ({ dtype: "float32" as const, shape }));
    return op.mixesBatch?.(types, attributes) ?? false;
  }

  it("tells operators that look at other samples from those that do not", () => {
    expect(mixes("reduceSum", [["batch", 3]], { axes: [0] })).toBe(true);
    expect(mixes("reduceSum", [["batch", 3]], {})).toBe(true);
    expect(mixes("reduceSum", [["batch", 3]], { axes: [-1] })).toBe(false);
    expect(mixes("softmax", [["batch", 3]], { axis: 0 })).toBe(true);
    expect(mixes("softmax", [["batch", 3]], {})).toBe(false);
    expect(mixes("standardize", [["batch", 3, 4]], { axes: [1, 2], epsilon: 0.1 })).toBe(false);
    expect(mixes("standardize", [["batch", 3, 4]], { axes: [0], epsilon: 0.1 })).toBe(true);
    expect(
      mixes(
        "matMul",
        [
          ["batch", 3],
          ["batch", 2],
        ],
        { transposeA: true },
      ),
    ).toBe(true);
    expect(
      mixes(
        "matMul",
        [
          ["batch", 3],
          [3, 2],
        ],
        {},
      ),
    ).toBe(false);
    expect(mixes("axisSize", [["batch", 3]], { axis: 0 })).toBe(true);
    expect(mixes("relu", [["batch", 3]], {})).toBe(false);
  });
});

describe("multiply-adds", () => {
  const type = (shape: Shape) => ({ dtype: "float32", shape }) as const;

  it("count those of one sample", () => {
    const { conv2d, matMul, relu } = operators;
    const picture = type(["batch", 4, 10, 12]);
    expect(conv2d.multiplyAdds!([picture, type([8, 4, 3, 3])], {})).toBe(8 * 8 * 10 * 4 * 9);
    expect(conv2d.multiplyAdds!([picture, type([4, 1, 3, 3])], { groups: 4 })).toBe(4 * 8 * 10 * 9);
    expect(matMul.multiplyAdds!([type(["batch", 5]), type([5, 7])], {})).toBe(35);
    expect(matMul.multiplyAdds!([type(["batch", 5]), type([7, 5])], { transposeB: true })).toBe(35);
    expect(relu.multiplyAdds).toBeUndefined();
  });
});
