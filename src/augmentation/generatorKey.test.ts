import { describe, expect, it } from "vitest";
import { Random } from "../base/random.ts";
import { Preprocessor } from "../images/preprocess.ts";
import { tensor } from "../tensor/tensor.ts";
import { toFloatImage } from "./floatImage.ts";
import { generatorKey, preprocessingOf } from "./generatorKey.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";

const random = new Random("pictures");
const data = Float32Array.from({ length: 4 * 5 * 6 * 3 }, () => random.integer(256));
const x = tensor("float32", [4, 5, 6, 3], data);
const size = { height: 5, width: 6, filter: "nearest" } as const;

describe("generatorKey", () => {
  it("is the same for the same options and another for others, also after fit", () => {
    const options = { rotationRange: 3, featurewiseCenter: true };
    const generator = new ImageDataGenerator(options);
    const before = generatorKey(generator);
    expect(generatorKey(new ImageDataGenerator(options))).toBe(before);
    expect(generatorKey(new ImageDataGenerator({ ...options, rescale: 0.5 }))).not.toBe(before);
    expect(generatorKey(new ImageDataGenerator({ ...options, rotationRange: 4 }))).not.toBe(before);
    generator.fit(x);
    expect(generatorKey(generator)).not.toBe(before);
  });

  it("exists for an own function only where the function has a key", () => {
    const preprocessingFunction = <Image>(image: Image) => image;
    expect(generatorKey(new ImageDataGenerator({ preprocessingFunction }))).toBeUndefined();
    const named = { preprocessingFunction, preprocessingFunctionKey: "identity 1" };
    expect(generatorKey(new ImageDataGenerator(named))).toBeDefined();
    const keyed = Object.assign(<Image>(image: Image) => image, { key: "identity 1" });
    expect(generatorKey(new ImageDataGenerator({ preprocessingFunction: keyed }))).toBe(
      generatorKey(new ImageDataGenerator(named)),
    );
  });
});

describe("preprocessingOf", () => {
  it.each([
    [{ rescale: 1 / 255 }, 0],
    [{}, 0],
    // The record divides once where the generator subtracts and divides.
    [{ rescale: 1 / 255, featurewiseStdNormalization: true }, 1e-5],
  ])("gives the generator's pixels for %o", (options, tolerance) => {
    const generator = new ImageDataGenerator(options);
    generator.fit(x);
    const record = preprocessingOf(generator, size)!;
    const image = { width: 6, height: 5, data: Uint8Array.from(data.subarray(0, 90)) };
    const planes = new Float32Array(90);
    new Preprocessor(record).run(image, planes);
    const pixels = generator.standardize(toFloatImage(image)).data;
    for (const [i, value] of planes.entries()) {
      expect(Math.abs(value - pixels[(i % 30) * 3 + Math.floor(i / 30)]!)).toBeLessThanOrEqual(tolerance);
    }
  });

  it.each([
    { samplewiseCenter: true },
    { zcaWhitening: true },
    { featurewiseCenter: true },
    { preprocessingFunction: <Image>(image: Image) => image },
  ])("does not exist for %o", (options) => {
    expect(preprocessingOf(new ImageDataGenerator(options), size)).toBeUndefined();
  });
});
