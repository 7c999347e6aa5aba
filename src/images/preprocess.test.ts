import { describe, expect, it } from "vitest";
import { type Preprocessing, preprocessing, preprocessingDigest } from "../applications/preprocessing.ts";
import { Random } from "../base/random.ts";
import type { PixelImage } from "./pixelImage.ts";
import { Preprocessor } from "./preprocess.ts";
import { Resampler } from "./resize.ts";

function noise(width: number, height: number): PixelImage {
  const random = new Random("noise", width, height);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => random.integer(256)) };
}

function run(record: Preprocessing, image: PixelImage): Float32Array {
  const into = new Float32Array(3 * record.width * record.height);
  new Preprocessor(record).run(image, into);
  return into;
}

/** One pixel, [10, 20, 30], at size 1 x 1: the three planes' values. */
function onePixel(scaling: "tf" | "torch" | "caffe" | "rescale" | "none"): number[] {
  const image = { width: 1, height: 1, data: Uint8Array.from([10, 20, 30]) };
  return [...run(preprocessing(scaling, { width: 1, height: 1 }), image)];
}

describe("Preprocessor", () => {
  it.each([
    ["tf", [-0.92157, -0.84314, -0.76471]],
    ["torch", [-1.94666, -1.68557, -1.28157]],
    ["caffe", [-73.939, -96.779, -113.68]],
    ["rescale", [10 / 255, 20 / 255, 30 / 255]],
    ["none", [10, 20, 30]],
  ] as const)("gives Keras's values in mode %s", (scaling, values) => {
    for (const [channel, value] of onePixel(scaling).entries())
      expect(value).toBeCloseTo(values[channel]!, 4);
  });

  it.each([
    [5, 3],
    [8, 8],
    [224, 224],
  ])("stretches to %i x %i as the Resampler does, then multiplies and adds in float32", (width, height) => {
    const image = noise(61, 43);
    const record = preprocessing("torch", { width, height, filter: "bicubic" });
    const resized = new Resampler().resize(image, { width, height, filter: "bicubic" }).data;
    const pixels = width * height;
    const expected = Float32Array.from({ length: 3 * pixels }, (_, i) => {
      const channel = Math.floor(i / pixels);
      const factor = Math.fround(record.scale / record.std[channel]!);
      const offset = Math.fround(-record.mean[channel]! / record.std[channel]!);
      return Math.fround(resized[(i % pixels) * 3 + channel]! * factor) + offset;
    });
    expect(Buffer.from(run(record, image).buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  });

  it.each([
    // Scaled size, then the corner: torchvision truncates the one and rounds the other half to even.
    { width: 61, height: 43, scaled: [45, 32], corner: [10, 4], filter: "bilinear" },
    { width: 43, height: 61, scaled: [32, 45], corner: [4, 10], filter: "lanczos" },
    { width: 50, height: 43, scaled: [37, 32], corner: [6, 4], filter: "nearest" },
    { width: 32, height: 32, scaled: [32, 32], corner: [4, 4], filter: "box" },
    { width: 32, height: 40, scaled: [32, 40], corner: [4, 8], filter: "bicubic" },
  ] as const)(
    "crops the centre of $width x $height with $filter",
    ({ width, height, scaled, corner, filter }) => {
      const image = noise(width, height);
      const size = 24;
      const whole = new Resampler().resize(image, { width: scaled[0], height: scaled[1], filter });
      const expected = Float32Array.from({ length: 3 * size * size }, (_, i) => {
        const [c, y, x] = [Math.floor(i / size / size), Math.floor(i / size) % size, i % size];
        return whole.data[((y + corner[1]) * scaled[0] + x + corner[0]) * 3 + c]!;
      });
      const record = preprocessing("none", { width: size, height: size, filter, fit: "crop", resizeTo: 32 });
      expect([...run(record, image)]).toEqual([...expected]);
    },
  );

  it("does not depend on the pictures before it", () => {
    const record = preprocessing("tf", { width: 24, height: 24 });
    const preprocessor = new Preprocessor(record);
    const results = [noise(30, 20), noise(900, 700), noise(30, 20)].map((image) => {
      const into = new Float32Array(3 * 24 * 24);
      preprocessor.run(image, into);
      return [...into];
    });
    expect(results[2]).toEqual(results[0]);
  });

  it("refuses a record or a target that cannot be meant", () => {
    const record = preprocessing("tf", { width: 24, height: 24, fit: "crop", resizeTo: 23 });
    expect(() => new Preprocessor(record)).toThrow("expected a whole number of at least 24 pixels, got 23");
    expect(() => new Preprocessor({ ...record, fit: "stretch", std: [1, 0, 1] })).toThrow("std not 0");
    const small = new Float32Array(7);
    expect(() => new Preprocessor({ ...record, resizeTo: 24 }).run(noise(3, 3), small)).toThrow(
      "expected room for [3, 24, 24] = 1728 floats, got 7",
    );
  });
});

describe("preprocessingDigest", () => {
  const record = preprocessing("tf", { width: 24, height: 24 });

  it("is the same for records that mean the same", () => {
    expect(preprocessingDigest({ ...record, resizeTo: 99 })).toBe(preprocessingDigest(record));
    const cropped = { ...record, fit: "crop" } as const;
    expect(preprocessingDigest({ ...cropped, resizeTo: 24 })).toBe(preprocessingDigest(cropped));
  });

  it("differs for every member that changes values", () => {
    const others: Preprocessing[] = [
      { ...record, width: 25 },
      { ...record, height: 25 },
      { ...record, filter: "box" },
      { ...record, fit: "crop" },
      { ...record, scale: 2 },
      { ...record, mean: [1, 1, 2] },
      { ...record, std: [1, 1, 2] },
      { ...record, order: "bgr" },
    ];
    expect(new Set([record, ...others].map(preprocessingDigest)).size).toBe(9);
  });
});
