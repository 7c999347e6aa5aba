import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DrawPolicy } from "../../src/augmentation/draw.ts";
import type { ImageDataGeneratorOptions } from "../../src/augmentation/generatorOptions.ts";
import { resolvePipeline } from "../../src/augmentation/generatorOptions.ts";
import { applications } from "../../src/keras/applications.ts";
import { sequential } from "../../src/keras/models.ts";
import { image } from "../../src/keras/preprocessing.ts";
import { dense, globalAveragePooling2D } from "../../src/layers/index.ts";
import type { TrainingResult } from "../../src/recipes/request/training.ts";
import { trainClassifier } from "../../src/recipes/trainClassifier.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

const size = 96;
const pictures = 8;
const epochs = 2;
const rotations = { rotationRange: 30, brightnessRange: [0.8, 1.2] } as const;

describe("features of fit and of train", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder("shared-features");
    for (const split of ["train", "validation"]) {
      await writeStripes(path.join(folder, "photos", split), ["flat", "steep"], pictures / 2);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  const storeOf = (name: string) => path.join(folder, "stores", name);

  /** Keras's way: a frozen base under a head, trained on an iterator over the training images. */
  async function fitted(store: string, augmentation: ImageDataGeneratorOptions) {
    const base = await applications.mobileNetV3Small({ inputShape: [size, size, 3] });
    base.trainable = false;
    const model = sequential({
      layers: [base, globalAveragePooling2D(), dense({ units: 2, activation: "softmax" })],
    });
    model.compile({ optimizer: "adam", loss: "sparse_categorical_crossentropy" });
    const generator = new image.ImageDataGenerator({
      preprocessingFunction: base.preprocessInput,
      ...augmentation,
    });
    const iterator = generator.flowFromDirectory(path.join(folder, "photos", "train"), {
      targetSize: [size, size],
      interpolation: "bilinear",
      classMode: "sparse",
      seed: 5,
    });
    const { features, history } = await model.fit(iterator, { epochs, verbose: 0, store });
    await model.close();
    return { features, history };
  }

  function trained(store: string, augmentation?: ImageDataGeneratorOptions): Promise<TrainingResult> {
    const draws: DrawPolicy = "fresh";
    return trainClassifier({
      data: path.join(folder, "photos"),
      base: "mobilenet_v3_small",
      head: "linear",
      epochs,
      batchSize: 4,
      optimizer: "adam",
      validationSplit: 0.2,
      seed: 1,
      imageSize: size,
      out: path.join(folder, "out"),
      embedBase: false,
      store,
      commandLine: "",
      resume: false,
      ...(augmentation === undefined
        ? {}
        : { augmentation: { name: "test", pipeline: resolvePipeline(augmentation), draws, seed: 5 } }),
    });
  }

  it("are the same rows: train finds those that fit has stored", async () => {
    const store = storeOf("fit first");
    const { features } = await fitted(store, {});
    expect(features).toEqual({ computed: pictures, reused: 0 });
    // The validation images are copies.
    expect((await trained(store)).forwards).toMatchObject({ computed: 0, reused: pictures });
  });

  it("are the same rows under draws, with the same bits: fit finds those that train has stored", async () => {
    const store = storeOf("train first");
    const { forwards } = await trained(store, rotations);
    expect(forwards.computed).toBe((1 + epochs) * pictures);
    const found = await fitted(store, rotations);
    expect(found.features).toEqual({ computed: 0, reused: epochs * pictures });
    const alone = await fitted(storeOf("fit alone"), rotations);
    expect(alone.features).toEqual({ computed: epochs * pictures, reused: 0 });
    expect(found.history).toEqual(alone.history);
  });
});
