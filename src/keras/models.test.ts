import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { temporaryFolder, writeStripes } from "../../test/support/pictures.ts";
import { Random } from "../base/random.ts";
import { dense, flatten, globalAveragePooling2D } from "../layers/index.ts";
import { predictImages } from "../recipes/predictImages.ts";
import { float32 } from "../tensor/tensor.ts";
import { applications } from "./applications.ts";
import type { BaseNetwork } from "./baseNetwork.ts";
import { load, sequential } from "./models.ts";
import { rmsprop } from "./optimizers.ts";
import { image } from "./preprocessing.ts";

const size = 96;

/** Numbers that two classes can be told apart by. */
function points(samples: number, seed: number) {
  const random = new Random("points", seed);
  const labels = Float32Array.from({ length: samples }, (_, index) => index % 2);
  const data = Float32Array.from({ length: samples * 4 }, (_, index) => {
    return random.normal() + 3 * labels[Math.floor(index / 4)]!;
  });
  return { x: float32([samples, 4], data), y: labels };
}

function smallModel() {
  const model = sequential();
  model.add(dense({ units: 8, activation: "relu", inputShape: [4] }));
  model.add(dense({ units: 1, activation: "sigmoid" }));
  return model;
}

describe("a model on arrays", () => {
  it("is compiled, trained, measured and asked for predictions", async () => {
    const model = smallModel();
    model.compile({
      optimizer: rmsprop({ learningRate: 0.01 }),
      loss: "binary_crossentropy",
      metrics: ["acc"],
    });
    const { x, y } = points(200, 0);
    const validation = points(50, 1);
    const { history } = await model.fit(x, y, {
      epochs: 5,
      batchSize: 20,
      validationData: [validation.x, validation.y],
      verbose: 0,
    });
    expect(Object.keys(history)).toEqual(["acc", "loss", "val_acc", "val_loss"]);
    const logs = await model.evaluate(validation.x, validation.y);
    expect(logs["loss"]).toBeCloseTo(history["val_loss"]!.at(-1)!, 5);
    expect(logs["acc"]).toBeGreaterThan(0.9);
    const predictions = await model.predict(validation.x);
    expect(predictions.shape).toEqual([50, 1]);
    const right = [...predictions.data].filter((p, index) => Number(p > 0.5) === validation.y[index]);
    expect(right.length / 50).toBeCloseTo(logs["acc"]!, 6);
    await model.close();
  });

  it("predicts with the weights that it has now, and the same bits in any batch", async () => {
    const model = smallModel();
    const { x } = points(40, 2);
    const before = await model.predict(x);
    expect(await model.predict(x, { batchSize: 7 })).toEqual(before);
    model.setWeights(
      model.getWeights().map(({ shape, data }) =>
        float32(
          shape,
          data.map((w) => w + 1),
        ),
      ),
    );
    expect(await model.predict(x)).not.toEqual(before);
    model.add(dense({ units: 3 }));
    expect((await model.predict(x)).shape).toEqual([40, 3]);
    await model.close();
  });

  it("says what is missing", async () => {
    const model = smallModel();
    const { x, y } = points(4, 3);
    await expect(model.fit(x, y)).rejects.toMatchObject({ code: "NOT_COMPILED" });
    await expect(model.evaluate(x, y)).rejects.toMatchObject({ code: "NOT_COMPILED" });
    await expect(model.save("nowhere")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    model.compile({ loss: "mse" });
    model.layers[0]!.trainable = false;
    await expect(model.fit(x, y)).rejects.toMatchObject({ code: "STALE_COMPILE" });
    await model.close();
  });
});

describe("a frozen base network under a head", () => {
  let folder: string;
  let base: BaseNetwork;

  beforeAll(async () => {
    folder = await temporaryFolder("keras");
    vi.stubEnv("PERMAFROST_STORE", path.join(folder, "store"));
    await writeStripes(path.join(folder, "train"), ["across", "upright"], 12);
    await writeStripes(path.join(folder, "validation"), ["across", "upright"], 6);
    base = await applications.mobileNetV3Small({ inputShape: [size, size, 3] });
    base.trainable = false;
  }, 60_000);

  afterAll(async () => {
    vi.unstubAllEnvs();
    await base.close();
    await rm(folder, { recursive: true });
  });

  function flow(split: string, augmentation: object = {}) {
    return new image.ImageDataGenerator({
      preprocessingFunction: base.preprocessInput,
      ...augmentation,
    }).flowFromDirectory(path.join(folder, split), {
      targetSize: [size, size],
      batchSize: 6,
      classMode: "binary",
      seed: 3,
      interpolation: "bilinear",
    });
  }

  function classifier() {
    const model = sequential();
    model.add(base);
    model.add(globalAveragePooling2D());
    model.add(dense({ units: 1, activation: "sigmoid" }));
    model.compile({
      optimizer: rmsprop({ learningRate: 0.01 }),
      loss: "binary_crossentropy",
      metrics: ["acc"],
    });
    return model;
  }

  it("stays itself inside the model, and only the head is trained", () => {
    const model = classifier();
    expect(model.layers[0]).toBe(base);
    expect(model.trainableWeights).toHaveLength(2);
  });

  it("gives its features for a batch, NHWC", async () => {
    const { x } = await flow("train").next();
    const features = await base.predict(x);
    expect(features.shape).toEqual([6, size / 32, size / 32, 576]);
    expect(await base.predict(x)).toEqual(features);
  });

  it("trains from an iterator, and evaluates and predicts in the order of the files", async () => {
    const model = classifier();
    const validation = flow("validation");
    const options = { epochs: 4, validationData: validation, verbose: 0 } as const;
    const { history } = await model.fit(flow("train"), { stepsPerEpoch: 4, validationSteps: 2, ...options });
    expect(history["loss"]!.at(-1)!).toBeLessThan(history["loss"]![0]!);
    const { acc, loss } = await model.evaluate(validation);
    expect(loss).toBeCloseTo(history["val_loss"]!.at(-1)!, 5);
    const { data } = await model.predict(validation);
    const right = [...data].filter((p, index) => Number(p > 0.5) === validation.labels[index]);
    expect(right.length / 12).toBeCloseTo(acc!, 6);
    await model.close();
  });

  it("trains on features of an iterator as on the pictures, bit for bit", async () => {
    const options = { epochs: 2, verbose: 0 } as const;
    const seen = (oncePerSample: boolean) => {
      const model = classifier();
      model.setWeights(start);
      return model.fit(flow("train"), { ...options, oncePerSample });
    };
    const start = classifier().getWeights();
    const once = await seen(true);
    const always = await seen(false);
    expect(once.history).toEqual(always.history);
  });

  it("sees new draws in every epoch, the same ones for the same seed", async () => {
    const start = classifier().getWeights();
    const run = async (oncePerSample: boolean) => {
      const model = classifier();
      model.setWeights(start);
      const iterator = flow("train", { rotationRange: 40, horizontalFlip: true });
      const { history } = await model.fit(iterator, { epochs: 2, verbose: 0, oncePerSample });
      await model.close();
      return history;
    };
    const first = await run(true);
    expect(await run(true)).toEqual(first);
    expect(await run(false)).toEqual(first);
    const plain = classifier();
    plain.setWeights(start);
    const { history } = await plain.fit(flow("train"), { epochs: 2, verbose: 0 });
    expect(history).not.toEqual(first);
    await plain.close();
  });

  it("never keeps the outputs for pictures that a function without a key changes, and says so", async () => {
    let calls = 0;
    const preprocessingFunction = (image: Parameters<typeof base.preprocessInput>[0]) => {
      calls++;
      return base.preprocessInput(image);
    };
    const lines: string[] = [];
    const stream = { write: (text: string) => lines.push(text) };
    const run = async (augmentation: object) => {
      calls = 0;
      lines.length = 0;
      const model = classifier();
      const iterator = flow("train", { preprocessingFunction, ...augmentation });
      await model.fit(iterator, { epochs: 3, verbose: 2, stream });
      await model.close();
      return { calls, warned: lines.join("").includes("preprocessingFunction has no key") };
    };
    const pictures = flow("train").n;
    expect(await run({})).toEqual({ calls: 3 * pictures, warned: true });
    const keyed = await run({ preprocessingFunctionKey: "as the base wants it" });
    expect(keyed).toEqual({ calls: pictures, warned: false });
  });

  it("is saved as a bundle and loaded with the same predictions", async () => {
    const model = classifier();
    const iterator = flow("validation");
    await model.fit(flow("train"), { epochs: 1, verbose: 0 });
    const place = path.join(folder, "bundle");
    await expect(model.save(place)).rejects.toThrow(/preprocessing/);
    await model.save(place, { preprocessing: base.preprocessing });
    expect(JSON.parse(await readFile(path.join(place, "permafrost.json"), "utf8"))).toMatchObject({
      classNames: ["across", "upright"],
      decision: { rule: "threshold", threshold: 0.5 },
    });
    const loaded = await load(place);
    const expected = await model.predict(iterator);
    expect(await loaded.predict(iterator)).toEqual(expected);
    const { predictions } = await predictImages({ bundle: place, images: [...iterator.filepaths] });
    for (const { path: file, probabilities } of predictions) {
      const row = iterator.filepaths.indexOf(file);
      expect(probabilities["upright"]).toBeCloseTo(expected.data[row]!, 5);
      expect(probabilities["across"]).toBeCloseTo(1 - expected.data[row]!, 5);
    }
    await Promise.all([model.close(), loaded.close()]);
  });

  it("refuses steps that are none, and labels that are none", async () => {
    const model = classifier();
    await expect(model.fit(flow("train"), { stepsPerEpoch: 0 })).rejects.toThrow(/stepsPerEpoch: expected/);
    const unlabelled = new image.ImageDataGenerator().flowFromDirectory(folder, { classMode: null });
    await expect(model.fit(unlabelled)).rejects.toThrow(/one label for each picture/);
    const compat = new image.ImageDataGenerator({ compat: "keras-3" }).flowFromDirectory(folder);
    await expect(model.fit(compat)).rejects.toThrow(/compat/);
  });

  it("flattens as a user writes it: rows, columns, channels", async () => {
    const model = sequential({ layers: [base, flatten()] });
    const { x } = await flow("train").next();
    expect((await model.predict(x)).data).toEqual((await base.predict(x)).data);
    await model.close();
  });
});
