import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBase } from "../../src/applications/index.ts";
import { presetPipeline } from "../../src/augmentation/presets.ts";
import { headLayers } from "../../src/recipes/classifier/headLayers.ts";
import { compareMethods } from "../../src/recipes/compareMethods.ts";
import { comparisonDefaults } from "../../src/recipes/comparison/comparisonRequest.ts";
import { methodCalls, requestOf } from "../../src/recipes/comparison/methodCalls.ts";
import { materialOf } from "../../src/recipes/comparison/methodMaterials.ts";
import { recipeOf } from "../../src/recipes/comparison/recipeOf.ts";
import { evaluateClassifier } from "../../src/recipes/evaluateClassifier.ts";
import { trainingDefaults } from "../../src/recipes/request/trainingDefaults.ts";
import { trainClassifier } from "../../src/recipes/trainClassifier.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

describe("the book's head", () => {
  let folder: string;
  const at = (...parts: readonly string[]) => path.join(folder, ...parts);

  beforeAll(async () => {
    folder = await temporaryFolder("book-head");
    await writeStripes(at("photos"), ["a", "b"], 6);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("takes the maps as they are, has one output, and is served as it was trained", async () => {
    const losses: number[] = [];
    const result = await trainClassifier(
      {
        ...trainingDefaults,
        data: at("photos"),
        base: "small",
        head: "flatten,dense:4,dropout:0.5,sigmoid",
        schedule: "constant",
        optimizer: "rmsprop",
        imageSize: 24,
        epochs: 2,
        out: at("bundle"),
        store: at("store"),
        embedBase: true,
        commandLine: "test",
      },
      { onEpoch: ({ loss }) => void losses.push(loss!) },
    );
    expect(losses).toHaveLength(2);
    const { outputShape } = await createBase("small", { inputShape: [24, 24, 3] });
    const flattened = outputShape.slice(1).reduce<number>((product, side) => product * Number(side), 1);
    expect(result.trainableParameters).toBe(flattened * 4 + 4 + 4 + 1);
    const again = await evaluateClassifier({
      bundle: at("bundle"),
      data: at("photos"),
      split: "all",
      store: at("store"),
    });
    expect(again.scores.samples).toBe(12);
    for (const { probabilities } of again.predictions) {
      expect(probabilities["a"]! + probabilities["b"]!).toBeCloseTo(1, 6);
    }
  });

  it("is for two classes", () => {
    expect(() => headLayers("flatten,dense:4,sigmoid", 3)).toThrowError(/sigmoid is for two classes, got 3/);
  });

  it("is that of the recipe, whose methods are all known", () => {
    const recipe = recipeOf("book-5.3");
    const request = {
      ...trainingDefaults,
      ...comparisonDefaults,
      data: "photos",
      base: "vgg16",
      augmentation: { name: "none", pipeline: null as never, draws: "none" as const, seed: 0 },
      store: "store",
      commandLine: "test",
    };
    const settings = recipe.settings!(request);
    expect(settings).toMatchObject({
      epochs: 30,
      batchSize: 20,
      learningRate: 2e-5,
      schedule: "constant",
      optimizer: "rmsprop",
      head: "flatten,dense:256,dropout:0.5,sigmoid",
      fineTuneRate: 1e-5,
      fineTuneEpochs: 100,
      imageSize: 150,
      unfrozenBlock: "block5",
    });
    // Any other base has its usual blocks.
    expect(recipe.settings!({ ...request, base: "small" })).not.toHaveProperty("unfrozenBlock");
    expect(settings.augmentation!.draws).toBe("fresh");
    expect(settings.augmentation!.pipeline).toMatchObject({
      compat: "keras-2.0.8",
      rotationRange: 40,
      widthShiftRange: 0.2,
      heightShiftRange: 0.2,
      shearRange: 0.2,
      zoomRange: [0.8, 1.2],
      horizontalFlip: true,
      fillMode: "nearest",
    });
    expect(headLayers(settings.head!, 2).map(({ kind }) => kind)).toEqual([
      "Flatten",
      "Dense",
      "Dropout",
      "Dense",
    ]);
    const calls = methodCalls(recipe.methods);
    expect(calls.length).toBe(11);
    const fineTuning = calls.find(({ id }) => id === "fine-tune+fresh+rescale")!;
    const material = materialOf({ ...request, ...settings }, { trainingImages: "photos" }, fineTuning, 0);
    expect(requestOf(fineTuning, material)).toMatchObject({
      recipe: "fine-tune",
      headEpochs: 30,
      epochs: 130,
      unfreeze: "block5",
      fineTuneRate: 1e-5,
      rescaleOnly: true,
      augmentation: { draws: "fresh" },
    });
  });

  it("and its recipe run whole, with the user's own settings in place of the book's", async () => {
    const { report } = await compareMethods({
      ...trainingDefaults,
      data: at("photos"),
      base: "small",
      methods: "fast",
      recipe: "book-5.3",
      fixed: ["epochs", "fineTuneEpochs", "imageSize"],
      epochs: 2,
      imageSize: 24,
      seeds: 1,
      augmentation: { name: "flip", pipeline: presetPipeline("flip"), draws: "fresh", seed: 0 },
      out: at("compare"),
      store: at("store"),
      commandLine: "test",
    });
    expect(report.leftOut).toEqual([]);
    expect(report.methods.map(({ method }) => method)).toEqual(
      methodCalls(recipeOf("book-5.3").methods).map(({ id }) => id),
    );
    expect(report.settings).toMatchObject({
      head: "flatten,dense:256,dropout:0.5,sigmoid",
      epochs: 2,
      "batch size": 20,
      optimizer: "rmsprop",
      "learning rate": 2e-5,
      augmentation: "book, as Keras 2.0.8 reads it",
    });
    for (const { method, cost } of report.methods) {
      const changes = method.startsWith("leaking") || method.startsWith("fine-tune");
      expect(cost.base.before === cost.base.after).toBe(!changes);
    }
    expect(report.thread!.verification.same).toBe(true);
  }, 120_000);
});
