import { describe, expect, it } from "vitest";
import { sparseCategoricalCrossentropy } from "../../losses/index.ts";
import { resolveLoss } from "../../losses/resolveLoss.ts";
import { float32, tensor } from "../../tensor/tensor.ts";
import { encodeTargets, type Targets } from "./targets.ts";

const encode = (targets: Targets, loss: string, outputShape: readonly number[], samples: number) =>
  encodeTargets(targets, resolveLoss(loss), outputShape, samples);

describe("targets", () => {
  it("are read as numbers, rows or arrays", () => {
    expect(encode([1, 0], "bce", [1], 2)).toEqual({ shape: [1], data: Float32Array.of(1, 0) });
    expect(
      encode(
        [
          [0, 1],
          [1, 0],
        ],
        "mse",
        [2],
        2,
      ).data,
    ).toEqual(Float32Array.of(0, 1, 1, 0));
    expect(
      encode(tensor("int32", [2, 1], Int32Array.of(2, 0)), "sparse_categorical_crossentropy", [3], 2),
    ).toEqual({
      shape: [],
      data: Float32Array.of(2, 0),
    });
  });

  it("may be of a class that the loss ignores, and of no other that the model does not have", () => {
    const loss = sparseCategoricalCrossentropy({ ignoreClass: 255 });
    expect(encodeTargets([255, 2], loss, [3], 2).data).toEqual(Float32Array.of(255, 2));
    expect(() => encodeTargets([255, 3], loss, [3], 2)).toThrow(
      "expects class numbers from 0 to 2 or 255, got 3 for sample 1",
    );
  });

  it("of pictures are turned into the engine's layout", () => {
    const picture = float32([1, 1, 2, 3], [1, 2, 3, 4, 5, 6]);
    expect(encode(picture, "mse", [3, 1, 2], 1)).toEqual({
      shape: [3, 1, 2],
      data: Float32Array.of(1, 4, 2, 5, 3, 6),
    });
    const labels = float32([1, 1, 2], [2, 0]);
    expect(encode(labels, "sparse_categorical_crossentropy", [3, 1, 2], 1).shape).toEqual([1, 2]);
  });

  it.each<[string, Targets, string, readonly number[], number, string]>([
    ["too few", [1, 0], "mse", [1], 3, "expected one for each of the 3 samples, got 2"],
    [
      "one-hot for a sparse loss",
      [[0, 1, 0]],
      "sparse_categorical_crossentropy",
      [3],
      1,
      "use categorical_crossentropy",
    ],
    [
      "class numbers for one-hot",
      [1],
      "categorical_crossentropy",
      [3],
      1,
      "use sparse_categorical_crossentropy",
    ],
    [
      "class numbers for focal",
      [1],
      "categorical_focal_crossentropy",
      [3],
      1,
      "use sparse_categorical_crossentropy",
    ],
    ["another width", [[1, 2]], "mse", [3], 1, "the model has 3 outputs a sample [3], got 2 target values"],
    [
      "a class too high",
      [0, 3],
      "sparse_categorical_crossentropy",
      [3],
      2,
      "class numbers from 0 to 2, got 3 for sample 1",
    ],
    ["half a class", [0.5], "sparse_categorical_crossentropy", [3], 1, "got 0.5 for sample 0"],
    [
      "a probability above 1",
      [
        [0, 1],
        [2, 0],
      ],
      "bce",
      [2],
      2,
      "values from 0 to 1, got 2 for sample 1",
    ],
    [
      "not a number",
      [
        [0, 1],
        [Number.NaN, 0],
      ],
      "mse",
      [2],
      2,
      "finite numbers, got NaN for sample 1",
    ],
    ["endless", [Number.POSITIVE_INFINITY], "huber", [1], 1, "finite numbers, got Infinity"],
    ["ragged rows", [[0, 1], [1]], "mse", [2], 2, "rows of 2 values as the first has, got 1 in row 1"],
    [
      "channels first",
      float32([1, 3, 1, 2], [1, 2, 3, 4, 5, 6]),
      "mse",
      [3, 1, 2],
      1,
      "height, width, then channels",
    ],
    [
      "a class too high in a picture",
      float32([1, 1, 2], [0, 4]),
      "sparse_categorical_crossentropy",
      [3, 1, 2],
      1,
      "0 to 2, got 4",
    ],
  ])("that do not fit are refused: %s", (_, targets, loss, outputShape, samples, message) => {
    expect(() => encode(targets, loss, outputShape, samples)).toThrow(message);
  });
});
