import { describe, expect, it } from "vitest";
import { decodeArray, type GoldenArray, goldenFile } from "../../test/support/goldenArrays.ts";
import { Random } from "../base/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { FloatImage } from "./floatImage.ts";
import type { ImageDataGeneratorOptions } from "./generatorOptions.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";
import { leftSingular } from "./singularValues.ts";
import { imagesOf } from "./statistics.ts";
import { whiteningMatrix } from "./whitening.ts";

interface Combination {
  readonly options: ImageDataGeneratorOptions;
  readonly mean: GoldenArray | null;
  readonly std: GoldenArray | null;
  readonly output: GoldenArray;
}

interface Whitening {
  readonly data: "few" | "many";
  readonly options: ImageDataGeneratorOptions;
  readonly matrix: GoldenArray;
  readonly output: GoldenArray;
}

const golden = goldenFile<{
  few: GoldenArray;
  many: GoldenArray;
  combinations: Combination[];
  whitening: Whitening[];
  augmented: Combination & { rounds: number; seed: number };
}>("standardize");
const data = { few: decodeArray(golden.few), many: decodeArray(golden.many) };

function imageOf(x: Tensor, index: number): FloatImage {
  return imagesOf(x)[index]!;
}

function expectClose(found: ArrayLike<number> | null, expected: GoldenArray | null, tolerance: number): void {
  if (expected === null || found === null) {
    expect(found).toBe(expected);
    return;
  }
  const values = decodeArray(expected).data;
  expect(found.length).toBe(values.length);
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (const [i, value] of values.entries())
    expect(Math.abs(found[i]! - value) / scale).toBeLessThan(tolerance);
}

describe("standardize", () => {
  it.each(golden.combinations.map((given) => ({ ...given, name: JSON.stringify(given.options) })))(
    "gives Keras's values for $name",
    ({ options, mean, std, output }) => {
      const generator = new ImageDataGenerator(options);
      generator.fit(data.few);
      expectClose(generator.statistics.mean, mean, 1e-6);
      expectClose(generator.statistics.std, std, 1e-6);
      expectClose(generator.standardize(imageOf(data.few, 3)).data, output, 1e-5);
    },
  );

  it.each(golden.whitening)("whitens $data pictures as Keras does: $options.zcaEpsilon", (given) => {
    const generator = new ImageDataGenerator(given.options);
    generator.fit(data[given.data]);
    expectClose(generator.statistics.whitening, given.matrix, 1e-3);
    expectClose(generator.standardize(imageOf(data[given.data], 1)).data, given.output, 1e-3);
  });

  it("whitens with compat keras-2.2 by the inverse root of the covariance plus epsilon", () => {
    const epsilon = 0.1;
    const rows = imagesOf(data.few).map((image) => image.data.map((value) => value / 255 - 0.5));
    const length = rows[0]!.length;
    const matrix = whiteningMatrix(rows, epsilon, "covariance");
    const times = (vector: readonly number[]) =>
      vector.map((_, i) => vector.reduce((sum, value, j) => sum + matrix[i * length + j]! * value, 0));
    const random = new Random("vector");
    const vector = Array.from({ length }, () => random.normal());
    const covered = vector.map((value, i) => {
      const products = rows.map((row) => row[i]! * row.reduce((sum, x, j) => sum + x * vector[j]!, 0));
      return products.reduce((sum, product) => sum + product, 0) / rows.length + epsilon * value;
    });
    for (const [i, value] of times(times(covered)).entries()) expect(value).toBeCloseTo(vector[i]!, 3);
  });

  it("fits on augmented pictures with Keras's numbers", () => {
    const { options, rounds, seed, mean, std } = golden.augmented;
    const generator = new ImageDataGenerator({ ...options, compat: "keras-3" });
    generator.fit(data.few, { augment: true, rounds, seed });
    expectClose(generator.statistics.mean, mean, 1e-6);
    expectClose(generator.statistics.std, std, 1e-6);
  });

  it("tells which switches were set by others", () => {
    const { notes, standardization } = new ImageDataGenerator({ zcaWhitening: true });
    expect(notes).toEqual(["zcaWhitening switches featurewiseCenter on."]);
    expect(standardization).toMatchObject({ featurewiseCenter: true, featurewiseStdNormalization: false });
  });

  it("takes the statistics of Keras 2.0.8 over the channels of each pixel", () => {
    const generator = new ImageDataGenerator({ samplewiseCenter: true, compat: "keras-2.0.8" });
    const pixel = { height: 1, width: 2, channels: 3, data: Float32Array.of(1, 2, 3, 40, 50, 60) };
    expect([...generator.standardize(pixel).data]).toEqual([-1, 0, 1, -10, 0, 10]);
  });

  it("calls the own function before rescaling and leaves the input alone", () => {
    const pixel = { height: 1, width: 1, channels: 1, data: Float32Array.of(100) };
    const generator = new ImageDataGenerator({
      rescale: 0.5,
      preprocessingFunction: (image) => ({ ...image, data: image.data.map((value) => value + 2) }),
    });
    expect([...generator.standardize(pixel).data]).toEqual([51]);
    expect([...pixel.data]).toEqual([100]);
  });
});

describe("leftSingular", () => {
  it.each([
    [6, 4],
    [4, 6],
  ])("rebuilds the matrix of %i columns of length %i", (count, length) => {
    const random = new Random("matrix", count);
    const columns = Array.from({ length: count }, () => Float64Array.from({ length }, () => random.normal()));
    const { vectors, values } = leftSingular(columns);
    // U S^2 U^T is the matrix times its transpose.
    for (let i = 0; i < length; i++) {
      for (let j = 0; j < length; j++) {
        const product = columns.reduce((sum, column) => sum + column[i]! * column[j]!, 0);
        const rebuilt = vectors.reduce((sum, u, k) => sum + u[i]! * u[j]! * values[k]! ** 2, 0);
        expect(rebuilt).toBeCloseTo(product, 10);
      }
    }
  });
});
