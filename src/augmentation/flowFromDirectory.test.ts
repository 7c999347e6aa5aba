import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeImage } from "../images/encode.ts";
import { ImageDataGenerator } from "./imageDataGenerator.ts";

let root: string;

/** A PNG of one colour. */
function plain(red: number, green: number, blue: number): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => [red, green, blue][i % 3]!);
  return encodeImage({ width: 6, height: 4, channels: 3, data }, "png");
}

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "permafrost-flow-"));
  for (const [label, name] of ["cats", "dogs", ".hidden"].entries()) {
    await mkdir(path.join(root, name));
    for (let i = 0; i < 12; i++) {
      await writeFile(path.join(root, name, `${i}.png`), await plain(label * 100, i * 10, 7));
    }
  }
});
afterAll(() => rm(root, { recursive: true }));

const rescale = 1 / 255;

describe("flowFromDirectory", () => {
  it("lists classes and files in code point order and passes hidden folders over", () => {
    const iterator = new ImageDataGenerator().flowFromDirectory(root);
    expect(iterator.classIndices).toEqual({ cats: 0, dogs: 1 });
    expect(iterator.filenames.slice(0, 4).map((name) => path.basename(name))).toEqual([
      "0.png",
      "1.png",
      "10.png",
      "11.png",
    ]);
    expect([...iterator.classes]).toEqual([...Array(12).fill(0), ...Array(12).fill(1)]);
    expect(iterator.imageShape).toEqual([256, 256, 3]);
    expect(iterator.summary).toBe("Found 24 images belonging to 2 classes.");
  });

  it("counts hidden folders as classes with a version of Keras", () => {
    const iterator = new ImageDataGenerator({ compat: "keras-3" }).flowFromDirectory(root);
    expect(Object.keys(iterator.classIndices)).toEqual([".hidden", "cats", "dogs"]);
  });

  it("gives batches of rescaled pixels with labels, the last one smaller", async () => {
    const iterator = new ImageDataGenerator({ rescale }).flowFromDirectory(root, {
      targetSize: [2, 3],
      batchSize: 10,
      classMode: "binary",
      seed: 1,
    });
    expect(iterator.length).toBe(3);
    const seen: number[] = [];
    for (const size of [10, 10, 4]) {
      const batch = await iterator.next();
      expect(batch.x.shape).toEqual([size, 2, 3, 3]);
      seen.push(...batch.indices);
      for (const [i, index] of batch.indices.entries()) {
        const label = iterator.classes[index]!;
        expect(batch.x.data[i * 18]).toBe(Math.fround(label * 100 * Math.fround(rescale)));
        expect(batch.y && "data" in batch.y && batch.y.data[i]).toBe(label);
      }
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect((await iterator.next()).indices).not.toEqual(Uint32Array.from(seen.slice(0, 10)));
  });

  it("takes the first part of each class for validation and the rest for training", () => {
    const generator = new ImageDataGenerator({ validationSplit: 0.25 });
    const [validation, training] = (["validation", "training"] as const).map((subset) =>
      generator.flowFromDirectory(root, { subset }),
    );
    expect(validation!.samples).toBe(6);
    expect(training!.samples).toBe(18);
    expect(validation!.filenames.filter((name) => training!.filenames.includes(name))).toEqual([]);
  });

  it("names a file that cannot be read, or leaves it out and lists it", async () => {
    const bad = path.join(root, "cats", "bad.jpg");
    await writeFile(bad, "no picture");
    const options = { shuffle: false, batchSize: 15, targetSize: [2, 2] } as const;
    const strict = new ImageDataGenerator().flowFromDirectory(root, options);
    await expect(strict.next()).rejects.toMatchObject({ code: "IMAGE_UNREADABLE" });
    const lenient = new ImageDataGenerator().flowFromDirectory(root, { ...options, unreadable: "skip" });
    expect((await lenient.next()).x.shape[0]).toBe(14);
    await lenient.next();
    await lenient.next();
    expect(lenient.skipped.map(({ path }) => path)).toEqual([bad]);
    await rm(bad);
  });

  it("follows links to folders once where it is told to", async () => {
    await symlink(path.join(root, "cats"), path.join(root, "dogs", "more"));
    await symlink(root, path.join(root, "dogs", "loop"));
    const flow = (followLinks: boolean) =>
      new ImageDataGenerator().flowFromDirectory(root, { followLinks, classes: ["dogs"] }).samples;
    expect(flow(false)).toBe(12);
    // Twelve of its own, twelve cats, and by way of the loop twelve hidden ones.
    expect(flow(true)).toBe(36);
    await rm(path.join(root, "dogs", "more"));
    await rm(path.join(root, "dogs", "loop"));
  });

  it("says what is meant by a misspelt option", () => {
    const options = { class_mode: "binary" } as object;
    expect(() => new ImageDataGenerator().flowFromDirectory(root, options)).toThrow(
      /Did you mean classMode\?/,
    );
    expect(() => new ImageDataGenerator({ rotationRnge: 3 } as object)).toThrow(
      /Did you mean rotationRange\?/,
    );
  });
});
