import { describe, expect, it } from "vitest";
import { decodeArray, type GoldenArray, goldenFile } from "../../test/support/goldenArrays.ts";
import { applyTransform, type TransformSettings } from "./applyTransform.ts";
import type { FloatImage } from "./floatImage.ts";
import type { ImageDataGeneratorOptions } from "./generatorOptions.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";
import type { TransformParameters } from "./transformParameters.ts";

interface AffineCase extends TransformSettings {
  readonly parameters: TransformParameters;
  readonly output: GoldenArray;
}

interface Draws {
  readonly compat: "keras-2.0.8" | "keras-3";
  readonly name: string;
  readonly options: ImageDataGeneratorOptions;
  readonly shape: readonly [number, number, number];
  readonly draws: readonly TransformParameters[];
}

interface Picture {
  readonly compat: "keras-2.0.8" | "keras-2.2" | "keras-3";
  readonly options: ImageDataGeneratorOptions;
  readonly seed: number;
  readonly output: GoldenArray;
}

const affine = goldenFile<{ input: GoldenArray; cases: AffineCase[] }>("affine");
const random = goldenFile<{ input: GoldenArray; parameters: Draws[]; images: Picture[] }>("randomTransform");

function image(array: GoldenArray): FloatImage {
  const { shape, data } = decodeArray(array);
  const [height, width, channels] = shape;
  return { height: height!, width: width!, channels: channels!, data };
}

/** Of a scale of 0 to 255. */
const tolerance = 1e-4;

function greatestDifference(found: FloatImage, expected: GoldenArray): number {
  const { data } = decodeArray(expected);
  expect(found.data.length).toBe(data.length);
  return data.reduce((greatest, value, i) => Math.max(greatest, Math.abs(value - found.data[i]!)), 0);
}

describe("applyTransform", () => {
  const cases = affine.cases.map((given) => ({
    ...given,
    name: JSON.stringify(
      Object.entries(given.parameters).filter(([, value]) => value !== 0 && value !== 1 && value),
    ),
  }));

  it.each(cases)(
    "warps as $compat does: $name $fillMode $cval order $interpolationOrder",
    ({ parameters, output, ...settings }) => {
      const warped = applyTransform(image(affine.input), parameters, settings);
      expect(greatestDifference(warped, output)).toBeLessThan(tolerance);
    },
  );

  it("returns the picture itself where nothing is to be done", () => {
    const input = image(affine.input);
    expect(new ImageDataGenerator().applyTransform(input, {})).toBe(input);
  });
});

describe("random transforms", () => {
  it.each(random.parameters)(
    "have the parameters of $compat for $name $shape",
    ({ compat, options, shape, draws }) => {
      const [height, width, channels] = shape;
      const generator = new ImageDataGenerator({ ...options, compat });
      for (const [seed, expected] of draws.entries()) {
        const found = generator.getRandomTransform({ height, width, channels }, seed);
        for (const name of ["theta", "tx", "ty", "shear", "zx", "zy"] as const) {
          expect(Math.abs(found[name] - expected[name]), `${name} of seed ${seed}`).toBeLessThan(1e-12);
        }
        expect(found).toMatchObject({
          flipHorizontal: expected.flipHorizontal,
          flipVertical: expected.flipVertical,
          channelShiftIntensity: expected.channelShiftIntensity,
          brightness: expected.brightness,
        });
      }
    },
  );

  it.each(random.images)(
    "make the pictures of $compat with seed $seed",
    ({ compat, options, seed, output }) => {
      const generator = new ImageDataGenerator({ ...options, compat });
      const found = generator.randomTransform(image(random.input), seed);
      expect(greatestDifference(found, output)).toBeLessThan(tolerance);
    },
  );

  it("have the value that the book's settings give for seed 42", () => {
    const generator = new ImageDataGenerator({
      rotationRange: 40,
      widthShiftRange: 0.2,
      heightShiftRange: 0.2,
      shearRange: 0.2,
      zoomRange: 0.2,
      horizontalFlip: true,
      compat: "keras-3",
    });
    expect(generator.getRandomTransform({ height: 150, width: 150, channels: 3 }, 42)).toEqual({
      theta: -10.036790492211,
      tx: 27.04285838459497,
      ty: 13.919636508684302,
      shear: 0.03946339367881463,
      zx: 0.8624074561769747,
      zy: 0.8623978081344811,
      flipHorizontal: true,
      flipVertical: false,
      channelShiftIntensity: null,
      brightness: null,
    });
  });
});

describe("transforms without compat", () => {
  const marked = (): FloatImage => {
    const data = new Float32Array(5 * 9);
    data[2 * 9 + 4] = 1;
    return { height: 5, width: 9, channels: 1, data };
  };
  const centre = (found: FloatImage) => {
    const at = found.data.findIndex((value) => value > 0.99);
    return [Math.floor(at / 9), at % 9];
  };

  it("turn, shear and zoom about the centre of pictures that are not square", () => {
    const generator = new ImageDataGenerator();
    for (const parameters of [{ theta: 90 }, { theta: 33 }, { shear: 20 }, { zx: 0.5, zy: 2 }]) {
      expect(centre(generator.applyTransform(marked(), parameters))).toEqual([2, 4]);
    }
  });

  it("move along the axis that the option names", () => {
    const shape = { height: 100, width: 200, channels: 3 };
    const width = new ImageDataGenerator({ widthShiftRange: 0.3 }).getRandomTransform(shape, 1);
    const height = new ImageDataGenerator({ heightShiftRange: 0.3 }).getRandomTransform(shape, 1);
    expect(width).toMatchObject({ ty: 0 });
    expect(height).toMatchObject({ tx: 0 });
    const generator = new ImageDataGenerator({ fillMode: "constant" });
    expect(centre(generator.applyTransform(marked(), { tx: 2, ty: 0 }))).toEqual([2, 2]);
    expect(centre(generator.applyTransform(marked(), { tx: 0, ty: -1 }))).toEqual([3, 4]);
  });
});
