import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeImage } from "../images/encode.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";
import type { ImageIterator } from "./imageIterator.ts";

const augment = { rotationRange: 30, zoomRange: 0.3, horizontalFlip: true } as const;
const x = float32(
  [10, 6, 6, 1],
  Float32Array.from({ length: 360 }, (_, i) => (i * 37) % 256),
);

/** The picture of each sample in each epoch, whatever batch it came in. */
async function views(iterator: ImageIterator, epochs: number): Promise<string[][]> {
  const found = Array.from({ length: epochs }, () => new Array<string>(iterator.n));
  for (const seen of found) {
    for (let step = 0; step < iterator.length; step++) {
      const batch = await iterator.next();
      const size = batch.x.data.length / batch.indices.length;
      for (const [i, index] of batch.indices.entries()) {
        seen[index] = batch.x.data.slice(i * size, (i + 1) * size).join();
      }
    }
  }
  return found;
}

describe("iterators without compat", () => {
  it("give each picture the same views in any order and batch size, and others each epoch", async () => {
    const generator = new ImageDataGenerator(augment);
    const all = await views(generator.flow(x, null, { seed: 4, batchSize: 10, shuffle: false }), 3);
    expect(await views(generator.flow(x, null, { seed: 4, batchSize: 3 }), 3)).toEqual(all);
    expect(await views(generator.flow(x, null, { seed: 5, batchSize: 3 }), 3)).not.toEqual(all);
    expect(new Set(all.map((epoch) => epoch[0])).size).toBe(3);
  });

  it("give a pool's views again and again", async () => {
    const generator = new ImageDataGenerator(augment);
    const epochs = await views(generator.flow(x, null, { seed: 4, draws: { pool: 2 } }), 12);
    for (let sample = 0; sample < 10; sample++) {
      expect(new Set(epochs.map((epoch) => epoch[sample])).size).toBe(2);
    }
  });

  it("give by number what next gives, and take an epoch up again", async () => {
    const generator = new ImageDataGenerator(augment);
    const options = { seed: 4, batchSize: 4 };
    const byNext = generator.flow(x, null, options);
    const byNumber = generator.flow(x, null, options);
    const later = generator.flow(x, null, options);
    later.seek(1);
    for (let epoch = 0; epoch < 2; epoch++) {
      for (let i = 0; i < byNext.length; i++) {
        const batch = await byNext.next();
        expect(await byNumber.get(i)).toEqual(batch);
        if (epoch === 1) expect(await later.next()).toEqual(batch);
      }
      byNumber.onEpochEnd();
    }
    expect(byNext.totalBatchesSeen).toBe(6);
    await expect(byNumber.get(3)).rejects.toThrow(/0 to 2/);
  });

  it("may be asked for batches ahead", async () => {
    const generator = new ImageDataGenerator(augment);
    const [ahead, waiting] = [1, 2].map(() => generator.flow(x, null, { seed: 1, batchSize: 4 }));
    const batches = await Promise.all([ahead!.next(), ahead!.next(), ahead!.next(), ahead!.next()]);
    for (const batch of batches) expect(batch).toEqual(await waiting!.next());
  });

  it("end a for await loop by break only", async () => {
    let count = 0;
    for await (const batch of new ImageDataGenerator().flow(x, null, { batchSize: 5 })) {
      expect(batch.x.shape).toEqual([5, 6, 6, 1]);
      if (++count === 5) break;
    }
  });
});

describe("flowFromDataframe", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "permafrost-frame-"));
    for (let i = 0; i < 4; i++) {
      const data = new Uint8Array(12).fill(i * 50);
      await writeFile(
        path.join(folder, `${i}.png`),
        await encodeImage({ width: 2, height: 2, channels: 3, data }, "png"),
      );
    }
  });

  afterAll(() => rm(folder, { recursive: true }));

  const rows = [
    { filename: "0.png", class: "cat", weight: 1, age: 3, tags: ["old", "red"] },
    { filename: "1.png", class: "dog", weight: 2, age: 4, tags: ["red"] },
    { filename: "missing.png", class: "dog", weight: 2, age: 4, tags: [] },
    { filename: "2.png", class: "cat", weight: 0.5, age: 5, tags: ["new"] },
  ];
  const plain = { shuffle: false, targetSize: [2, 2] } as const;
  const values = (y: Tensor | readonly Tensor[] | undefined) => (y && "data" in y ? [...y.data] : y);

  it("takes labels, weights and files from the columns and lists files that do not exist", async () => {
    const iterator = new ImageDataGenerator().flowFromDataframe(rows, {
      ...plain,
      directory: folder,
      classMode: "binary",
      weightCol: "weight",
    });
    expect(iterator.classIndices).toEqual({ cat: 0, dog: 1 });
    expect(iterator.invalidFilenames).toEqual(["missing.png"]);
    expect(iterator.summary).toBe("Found 3 validated image filenames belonging to 2 classes.");
    const { x: pixels, y, sampleWeight } = await iterator.next();
    expect([0, 12, 24].map((at) => pixels.data[at])).toEqual([0, 50, 100]);
    expect(values(y)).toEqual([0, 1, 0]);
    expect([...sampleWeight!.data]).toEqual([1, 2, 0.5]);
  });

  it("encodes several classes of one picture, raw columns and several outputs", async () => {
    const generator = new ImageDataGenerator();
    const first = async (options: object) =>
      await generator.flowFromDataframe(rows, { ...plain, directory: folder, ...options }).next();
    expect(values((await first({ yCol: "tags" })).y)).toEqual([0, 1, 1, 0, 0, 1, 1, 0, 0]);
    expect(values((await first({ yCol: "age", classMode: "raw" })).y)).toEqual([3, 4, 5]);
    const several = await first({ yCol: ["age", "weight"], classMode: "multi_output" });
    expect(Array.isArray(several.y) && several.y.map(values)).toEqual([
      [3, 4, 5],
      [1, 2, 0.5],
    ]);
    expect((await first({ classMode: null })).y).toBeUndefined();
  });

  it("says what is wrong with a table", () => {
    const flow = (options: object) =>
      new ImageDataGenerator().flowFromDataframe(rows, { directory: folder, ...options });
    expect(() => flow({ xCol: "file" })).toThrow(/column file: expected text/);
    expect(() => flow({ classMode: "binary", classes: ["cat"] })).toThrow(/two classes/);
    expect(() => flow({ classMode: "multi_output" })).toThrow(/a list of columns/);
    expect(() => flow({ yCol: "age" })).toThrow(/column age/);
  });
});
