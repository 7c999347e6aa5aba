import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { goldenFile } from "../../test/support/goldenArrays.ts";
import { float32 } from "../tensor/tensor.ts";
import { type DecodedPrediction, decodePredictions } from "./decodePredictions.ts";

type Decoded = readonly (readonly DecodedPrediction[])[];
const golden = goldenFile<{ readonly top5: Decoded; readonly top2: Decoded }>("decodePredictions");

/** The golden file's scores. */
const scores = float32(
  [3, 1000],
  Float32Array.from({ length: 3000 }, (_, place) => {
    const [row, index] = [Math.floor(place / 1000), place % 1000];
    return ((index * 379 + row * 97) % 1009) / 1009;
  }),
);

let folder: string;
let classIndex: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "permafrost-"));
  classIndex = path.join(folder, "imagenet_class_index.json");
  const names = Array.from({ length: 1000 }, (_, i) => [i, [`n${`${i}`.padStart(8, "0")}`, `class_${i}`]]);
  await writeFile(classIndex, JSON.stringify(Object.fromEntries(names)));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("decodePredictions", () => {
  it("names the classes that Keras names", async () => {
    expect(await decodePredictions(scores, { classIndex })).toEqual(golden.top5);
    expect(await decodePredictions(scores, { classIndex, top: 2 })).toEqual(golden.top2);
  });

  it("says what is wrong with predictions or with the file", async () => {
    await expect(decodePredictions(float32([2, 10], new Float32Array(20)), { classIndex })).rejects.toThrow(
      "got [2, 10]",
    );
    await expect(decodePredictions(scores, { classIndex: "no-such-file" })).rejects.toThrow(
      /no-such-file: the names.*https:.*imagenet_class_index.json/,
    );
    const other = path.join(folder, "other.json");
    await writeFile(other, '{"0": ["n01440764", "tench"]}');
    await expect(decodePredictions(scores, { classIndex: other })).rejects.toThrow(
      "class 1 is not like that",
    );
    await writeFile(other, "names");
    await expect(decodePredictions(scores, { classIndex: other })).rejects.toThrow(
      "class 0 is not like that",
    );
  });
});
