import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeArray, type GoldenArray, goldenFile } from "../../test/support/goldenArrays.ts";
import { encodeImage } from "../images/encode.ts";
import { type DatasetBatch, type ImageDatasetOptions, imageDatasetFromDirectory } from "./imageDataset.ts";

interface GoldenBatch {
  readonly x: GoldenArray | null;
  readonly sums: readonly number[];
  readonly y: readonly (number | readonly number[])[] | null;
}

interface Dataset {
  readonly options: ImageDatasetOptions;
  readonly classNames: readonly string[] | null;
  readonly filePaths: readonly string[];
  readonly batches:
    | readonly { x: GoldenArray | null; sums: number[]; y: (number | number[])[] | null }[]
    | null;
}

const golden = goldenFile<{ names: string[]; sizes: [number, number][]; datasets: Dataset[] }>("flow");

/** The formula of test/golden/flow.py. */
function pixels(number: number): { width: number; height: number; channels: 3; data: Uint8Array } {
  const [height, width] = golden.sizes[number % 3]!;
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
    return (x * 23 + y * 41 + c * 67 + number * 13 + x * y * number) % 256;
  });
  return { width, height, channels: 3, data };
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "permafrost-dataset-"));
  for (const [number, name] of golden.names.entries()) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, /\.png$/i.test(name) ? await encodeImage(pixels(number), "png") : "");
  }
});
afterAll(() => rm(root, { recursive: true }));

function expectBatch({ x, y }: DatasetBatch, expected: GoldenBatch): void {
  expect(y === undefined ? null : [...y.data]).toEqual(expected.y?.flat() ?? null);
  expect(x.shape[0]).toBe(expected.sums.length);
  if (expected.x !== null) {
    const values = decodeArray(expected.x);
    expect(x.shape).toEqual(values.shape);
    for (const [i, value] of values.data.entries()) expect(Math.abs(x.data[i]! - value)).toBeLessThan(1e-3);
  }
  const size = x.data.length / x.shape[0]!;
  for (const [i, sum] of expected.sums.entries()) {
    let found = 0;
    for (let k = 0; k < size; k++) found += x.data[i * size + k]! * ((k + 1) / size);
    expect(Math.abs(found - sum)).toBeLessThan(1e-3 * size);
  }
}

describe("imageDatasetFromDirectory", () => {
  it.each(golden.datasets.map((given) => ({ ...given, name: JSON.stringify(given.options) })))(
    "gives the files, labels and pixels of Keras 3: $name",
    async ({ options, classNames, filePaths, batches }) => {
      const dataset = imageDatasetFromDirectory(root, { ...options, compat: "keras-3" });
      expect(dataset.classNames).toEqual(classNames ?? []);
      expect(dataset.filePaths.map((file) => path.relative(root, file))).toEqual(filePaths);
      if (batches === null) return;
      let step = 0;
      for await (const batch of dataset) expectBatch(batch, batches[step++]!);
      expect(step).toBe(batches.length);
    },
  );

  it("gives every file once an epoch, in another order the next time", async () => {
    const dataset = imageDatasetFromDirectory(root, { seed: 3, batchSize: 10, imageSize: [4, 4] });
    const epochs: number[][] = [[], []];
    for (const sums of epochs) for await (const { x } of dataset) sums.push(...x.data);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[0]!.toSorted((a, b) => a - b)).toEqual(epochs[1]!.toSorted((a, b) => a - b));
  });

  it("asks for a seed where mixed files are split", () => {
    const options = { validationSplit: 0.2, subset: "training" } as const;
    expect(() => imageDatasetFromDirectory(root, options)).toThrow(/overlap/);
  });
});
