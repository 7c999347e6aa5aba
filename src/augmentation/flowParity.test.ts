import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldenFile } from "../../test/support/goldenArrays.ts";
import { encodeImage } from "../images/encode.ts";
import { Resampler } from "../images/resize.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import type { FlowFromDirectoryOptions } from "./directoryIterator.ts";
import type { ImageDataGeneratorOptions } from "./generatorOptions.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";
import type { ImageBatch } from "./imageIterator.ts";

interface GoldenBatch {
  readonly sums: readonly number[];
  readonly y: readonly (number | readonly number[])[] | null;
}

interface Directory {
  readonly options: ImageDataGeneratorOptions;
  readonly flow: FlowFromDirectoryOptions & { readonly save?: boolean };
  readonly byIndex: boolean;
  readonly classIndices: Readonly<Record<string, number>>;
  readonly filenames: readonly string[];
  readonly classes: readonly number[];
  readonly length: number;
  readonly batches: readonly GoldenBatch[];
  readonly saved: readonly string[];
}

interface ArrayCase {
  readonly options: ImageDataGeneratorOptions;
  readonly flow: Readonly<Record<string, never>>;
  readonly batches: readonly GoldenBatch[];
}

const golden = goldenFile<{
  names: string[];
  sizes: [number, number][];
  directories: Directory[];
  arrays: ArrayCase[];
}>("flow");

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
  root = await mkdtemp(path.join(tmpdir(), "permafrost-parity-"));
  for (const [number, name] of golden.names.entries()) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, /\.png$/i.test(name) ? await encodeImage(pixels(number), "png") : "");
  }
});
afterAll(() => rm(root, { recursive: true }));

/** One number a picture: its values weighted by their place. */
function sumsOf(x: Tensor<"float32">): number[] {
  const size = x.data.length / x.shape[0]!;
  return Array.from({ length: x.shape[0]! }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += x.data[i * size + k]! * ((k + 1) / size);
    return sum;
  });
}

function expectBatch(found: ImageBatch, expected: GoldenBatch, scale: number): void {
  const sums = sumsOf(found.x);
  expect(sums.length).toBe(expected.sums.length);
  for (const [i, sum] of sums.entries()) {
    const size = found.x.data.length / sums.length;
    // 1e-4 of a scale of 0 to 255 for each value.
    expect(Math.abs(sum - expected.sums[i]!)).toBeLessThan(1e-4 * scale * size);
  }
  if (expected.y === null) expect(found.y).toBeUndefined();
  else expect(found.y && "data" in found.y && [...found.y.data]).toEqual(expected.y.flat());
}

describe("flowFromDirectory with compat keras-3", () => {
  it.each(golden.directories.map((given) => ({ ...given, name: JSON.stringify(given.flow) })))(
    "gives the files, labels, order and pixels of Keras: $name, by index: $byIndex",
    async ({ options, flow: { save, ...flow }, byIndex, ...expected }) => {
      const generator = new ImageDataGenerator({ ...options, compat: "keras-3" });
      const saveToDir = save ? await mkdtemp(path.join(tmpdir(), "permafrost-saved-")) : null;
      const iterator = generator.flowFromDirectory(root, { ...flow, saveToDir });
      expect(iterator.classIndices).toEqual(expected.classIndices);
      expect(iterator.filenames).toEqual(expected.filenames);
      expect([...iterator.classes]).toEqual(expected.classes);
      expect(iterator.length).toBe(expected.length);
      for (const [step, batch] of expected.batches.entries()) {
        if (byIndex && step > 0 && step % iterator.length === 0) iterator.onEpochEnd();
        const found = await (byIndex ? iterator.get(step % iterator.length) : iterator.next());
        expectBatch(found, batch, options.rescale ?? 1);
      }
      if (saveToDir === null) return;
      expect((await readdir(saveToDir)).sort()).toEqual(expected.saved);
      await rm(saveToDir, { recursive: true });
    },
  );
});

describe("flow with compat keras-3", () => {
  const images = Array.from({ length: 11 }, (_, i) =>
    new Resampler().resize(pixels(i), { width: 6, height: 6, filter: "nearest" }),
  );
  const x = float32(
    [11, 6, 6, 3],
    images.flatMap(({ data }) => [...data]),
  );
  const y = float32(
    [11],
    Array.from({ length: 11 }, (_, i) => i),
  );

  it.each(golden.arrays.map((given) => ({ ...given, name: JSON.stringify(given.flow) })))(
    "gives the batches of Keras: $name",
    async ({ options, flow, batches }) => {
      const iterator = new ImageDataGenerator({ ...options, compat: "keras-3" }).flow(x, y, flow);
      for (const batch of batches) expectBatch(await iterator.next(), batch, options.rescale ?? 1);
    },
  );

  it("refuses parts with different labels and passes extra arrays along", async () => {
    const generator = new ImageDataGenerator({ validationSplit: 0.4 });
    expect(() => generator.flow(x, y, { subset: "training" })).toThrow(/ignoreClassSplit/);
    const iterator = generator.flow([x, y], null, { batchSize: 4, shuffle: false });
    await iterator.next();
    const { extras, y: labels } = await iterator.next();
    expect(labels).toBeUndefined();
    expect([...extras![0]!.data]).toEqual([4, 5, 6, 7]);
  });
});
