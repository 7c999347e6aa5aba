import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { goldenFile } from "../../test/support/goldenArrays.ts";
import type { FlowFromDirectoryOptions } from "./directoryIterator.ts";
import type { ImageDataGeneratorOptions } from "./generatorOptions.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";

const golden = goldenFile<{
  options: ImageDataGeneratorOptions;
  flow: FlowFromDirectoryOptions;
  batches: { y: number[]; means: number[]; samples: number[][] }[];
}>("flowPhotos");

const root = fileURLToPath(new URL("../../", import.meta.url));
const data = path.resolve(root, process.env["PERMAFROST_TEST_DATA"] ?? "../shared/data");
const train = path.join(data, "cats_and_dogs_small", "train");
const found = existsSync(train);

describe(`the book's generator on photographs${found ? "" : ` (skipped: ${train} does not exist)`}`, () => {
  it.skipIf(!found)("gives the pixels of Keras, two batches of 20", async () => {
    const generator = new ImageDataGenerator({ ...golden.options, compat: "keras-3" });
    const iterator = generator.flowFromDirectory(train, golden.flow);
    for (const expected of golden.batches) {
      const { x, y } = await iterator.next();
      expect(y && "data" in y && [...y.data]).toEqual(expected.y);
      for (const [i, samples] of expected.samples.entries()) {
        const image = x.data.subarray(i * 67500, (i + 1) * 67500);
        const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
        expect(Math.abs(mean - expected.means[i]!)).toBeLessThan(1e-6);
        const rows = [0, 37, 75, 149].flatMap((row) =>
          [0, 30, 60, 90, 120].flatMap((column) =>
            [0, 1, 2].map((c) => image[(row * 150 + column) * 3 + c]!),
          ),
        );
        // 1e-4 of a scale of 0 to 255; the file has seven digits.
        for (const [k, value] of samples.entries()) expect(Math.abs(rows[k]! - value)).toBeLessThan(5e-7);
      }
    }
  });
});
