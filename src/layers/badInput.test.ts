import { describe, expect, it } from "vitest";
import {
  add,
  centerCrop,
  concatenate,
  cropping2D,
  groupNormalization,
  input,
  layerNormalization,
  leakyRelu,
  permute,
  prelu,
  relu,
  resizing,
  softmax,
  spatialDropout2D,
  subtract,
  upSampling2D,
} from "./index.ts";

const picture = input({ shape: [6, 4, 3] });

describe("layers name what does not fit, in the user's shapes", () => {
  it.each<[string, () => unknown, string]>([
    [
      "pictures of other sizes",
      () => add().apply([picture, input({ shape: [6, 5, 3] })]),
      "add: expected inputs of shapes that agree, or are 1, in every axis, got [batch, 6, 4, 3] and [batch, 6, 5, 3].",
    ],
    [
      "a third input",
      () => subtract().apply([picture, picture, picture]),
      "subtract: expected exactly two inputs, got 3.",
    ],
    [
      "joined pictures of other sizes",
      () => concatenate().apply([picture, input({ shape: [5, 4, 3] })]),
      "concatenate: expected inputs of shapes that agree in every axis but -1, got [batch, 6, 4, 3] and [batch, 5, 4, 3].",
    ],
    ["an axis too far", () => concatenate({ axis: 4 }).apply([picture, picture]), "axis 4 does not exist"],
    [
      "a cut through everything",
      () =>
        cropping2D({
          cropping: [
            [1, 1],
            [2, 2],
          ],
        }).apply(picture),
      "cropping2d: cropping [[1,1],[2,2]] leaves nothing of pictures of 6 x 4 pixels.",
    ],
    [
      "an order of too few axes",
      () => permute({ dims: [2, 1] }).apply(picture),
      "permute: dims [2, 1] order 2 axes, but the input [batch, 6, 4, 3] has 3 behind the batch.",
    ],
    [
      "channels that groups do not divide",
      () => groupNormalization().apply(picture),
      "groupNormalization: 3 channels cannot be divided into 32 groups. Give groups a divisor of 3, or -1 for one a channel.",
    ],
    [
      "statistics of a batch",
      () => layerNormalization({ axis: 0 }).apply(picture),
      "expected axes behind the batch",
    ],
    ["a softmax over nothing", () => softmax({ axis: 5 }).apply(picture), "axis 5 does not exist"],
    [
      "channels of rows",
      () => spatialDropout2D({ rate: 0.5 }).apply(input({ shape: [4] })),
      "expected input [batch, height, width, channels], got [batch, 4]",
    ],
    [
      "rows to enlarge",
      () => upSampling2D().apply(input({ shape: [4] })),
      "up_sampling2d: expected input [batch, height, width, channels], got [batch, 4].",
    ],
    ["a slope axis", () => prelu({ sharedAxes: [7] }).apply(picture), "axis 7 does not exist"],
  ])("%s", (_, use, message) => {
    expect(use).toThrow(message);
  });

  it.each<[string, () => unknown]>([
    ["each of 1 to 3 once", () => permute({ dims: [0, 1, 2] })],
    ["negativeSlope", () => leakyRelu({ negativeSlope: -1 })],
    ["maxValue", () => relu({ maxValue: -1 })],
    ["interpolation", () => upSampling2D({ interpolation: "cubic" as "bicubic" })],
    ["size", () => upSampling2D({ size: 0 })],
    ["height", () => centerCrop({ height: 0, width: 3 })],
    ["only one of", () => resizing({ height: 2, width: 2, cropToAspectRatio: true, padToAspectRatio: true })],
    ["cropping", () => cropping2D({ cropping: -1 })],
  ])("wrong settings: %s", (word, make) => {
    expect(make).toThrow(word);
  });
});
