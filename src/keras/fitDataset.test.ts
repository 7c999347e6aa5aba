import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeStripes } from "../../test/support/pictures.ts";
import type { ImageDataset, ImageDatasetOptions } from "../augmentation/imageDataset.ts";
import { conv2d, dense, globalAveragePooling2D, rescaling } from "../layers/index.ts";
import { float32 } from "../tensor/tensor.ts";
import { sequential } from "./models.ts";
import { rmsprop } from "./optimizers.ts";
import { imageDatasetFromDirectory } from "./preprocessing.ts";

const size = 16;
const pictures = 12;
const seed = 5;

let folder: string;
let start: ReturnType<ReturnType<typeof sequential>["getWeights"]>;

beforeAll(async () => {
  folder = await temporaryFolder("fit-dataset");
  await writeStripes(path.join(folder, "train"), ["across", "upright"], pictures / 2);
  start = classifier().getWeights();
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const dataset = (options: ImageDatasetOptions = {}) =>
  imageDatasetFromDirectory(path.join(folder, "train"), {
    imageSize: [size, size],
    batchSize: 5,
    seed,
    ...options,
  });

/** As those who come from Keras write it: pictures from 0 to 255, scaled by the model. */
function classifier() {
  const model = sequential();
  model.add(rescaling({ scale: 1 / 255, inputShape: [size, size, 3] }));
  const convolution = conv2d({ filters: 4, kernelSize: 3, activation: "relu" });
  convolution.trainable = false;
  model.add(convolution);
  model.add(globalAveragePooling2D());
  model.add(dense({ units: 2, activation: "softmax" }));
  model.compile({
    optimizer: rmsprop({ learningRate: 0.01 }),
    loss: "sparse_categorical_crossentropy",
    metrics: ["acc"],
  });
  if (start !== undefined) model.setWeights(start);
  return model;
}

/** All pictures of a data set in the order of its files. */
async function arrays(given: ImageDataset) {
  const pixels = size * size * 3;
  const all = float32([pictures, size, size, 3], new Float32Array(pictures * pixels));
  for (let index = 0; index < pictures; index++) {
    const { image } = await given.iterator.source.load(index);
    all.data.set(image.data, index * pixels);
  }
  return { x: all, y: Float32Array.from(given.labels) };
}

describe("a data set of a folder", () => {
  it("is trained on as its pictures in arrays are, and computes no feature twice", async () => {
    const [ours, same] = [classifier(), classifier()];
    const options = { epochs: 3, verbose: 0, store: path.join(folder, "store") } as const;
    const data = dataset();
    const validation = dataset({ shuffle: false });
    const fitted = await ours.fit(data, { ...options, validationData: validation });
    const { x, y } = await arrays(data);
    const plain = { epochs: 3, batchSize: 5, seed, verbose: 0, store: false } as const;
    const { x: vx, y: vy } = await arrays(validation);
    const expected = await same.fit(x, y, { ...plain, validationData: [vx, vy] });
    expect(fitted.history).toEqual(expected.history);
    expect(ours.getWeights()).toEqual(same.getWeights());
    expect(fitted.features).toEqual({ computed: pictures, reused: pictures });
    const again = await classifier().fit(dataset(), options);
    expect(again.features).toEqual({ computed: 0, reused: pictures });
    const other = await classifier().fit(dataset({ interpolation: "nearest" }), options);
    expect(other.features).toEqual({ computed: pictures, reused: 0 });
    await Promise.all([ours.close(), same.close()]);
  });

  it("gives in fit the batches of its own passes", async () => {
    const [data, labels] = [dataset({ labelMode: "binary" }), [] as number[]];
    for (let epoch = 0; epoch < 2; epoch++) {
      for await (const { y } of data) labels.push(...y!.data);
    }
    const iterator = dataset({ labelMode: "binary" }).iterator;
    const read: number[] = [];
    for (let step = 0; step < 2 * data.length; step++) {
      const { y } = await iterator.next();
      if (y !== undefined && "data" in y) read.push(...Array.from(y.data, Number));
    }
    expect(read).toEqual(labels);
  });

  it.each([
    ["sparse_categorical_crossentropy", "int"],
    ["categorical_crossentropy", "categorical"],
  ] as const)("is measured and predicted, with %s", async (loss, labelMode) => {
    const model = classifier();
    model.compile({ loss, metrics: ["acc"] });
    const data = dataset({ labelMode });
    const { x, y } = await arrays(data);
    const kept = { store: path.join(folder, "store") };
    const predicted = await model.predict(data, kept);
    expect(predicted).toEqual(await model.predict(x));
    const logs = await model.evaluate(data, kept);
    const right = [...y].filter((label, row) => predicted.data[2 * row + label]! > 0.5).length;
    expect(logs["acc"]).toBeCloseTo(right / pictures, 6);
    await model.close();
  });

  it("is refused without batches, and without labels where they are needed", async () => {
    const model = classifier();
    await expect(model.fit(dataset({ batchSize: null }))).rejects.toThrow(/batchSize null/);
    await expect(model.fit(dataset({ labels: null, labelMode: null }))).rejects.toThrow(/labelMode "int"/);
    expect((await model.predict(dataset({ labels: null, labelMode: null }), { store: false })).shape[0]).toBe(
      pictures,
    );
    await model.close();
  });
});
