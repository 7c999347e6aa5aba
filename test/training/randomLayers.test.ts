import { describe, expect, it } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import {
  conv2d,
  dense,
  flatten,
  randomBrightness,
  randomFlip,
  randomRotation,
  rescaling,
} from "../../src/layers/index.ts";
import { type Sequential, sequential } from "../../src/models/index.ts";
import { frozenFeatures } from "../../src/training/features/frozenFeatures.ts";
import { compileModel, evaluate, fit } from "../../src/training/index.ts";
import type { FitOptions } from "../../src/training/runs/fitOptions.ts";
import { bitsOf, smallPictures } from "../support/smallProblem.ts";

/** The Keras 3 way: augmentation inside the model, then a frozen base and a head. */
function augmented(options: { readonly random: boolean }): Sequential {
  const augmentation = sequential({
    name: "augmentation",
    layers: [
      randomFlip({ mode: "horizontal", inputShape: [6, 6, 2] }),
      randomRotation({ factor: 0.2 }),
      randomBrightness({ factor: 0.1, valueRange: [0, 1] }),
    ],
  });
  const base = sequential({
    name: "base",
    layers: [
      rescaling({ scale: 2, offset: -1, inputShape: [6, 6, 2] }),
      conv2d({ filters: 4, kernelSize: 3, activation: "relu", padding: "same" }),
    ],
  });
  base.trainable = false;
  const head = [flatten(), dense({ units: 1, activation: "sigmoid" })];
  return sequential({ layers: [...(options.random ? [augmentation] : []), base, ...head] });
}

const compiled = (model: Sequential) =>
  compileModel(model, { loss: "binary_crossentropy", optimizer: "adam", metrics: ["acc"] });

async function trained(options: FitOptions & { readonly random?: boolean }): Promise<readonly number[][]> {
  const { random = true, ...rest } = options;
  const { x, y } = smallPictures(30);
  const model = augmented({ random });
  await fit(compiled(model), x, y, { epochs: 3, batchSize: 8, seed: 4, ...rest });
  return bitsOf(model);
}

describe("random layers at the front of a model", () => {
  it("draw another view of each picture in each epoch, by the seed", async () => {
    const first = await trained({});
    expect(await trained({})).toEqual(first);
    expect(await trained({ seed: 5 })).not.toEqual(first);
    expect(await trained({ random: false })).not.toEqual(first);
  });

  it("give the same bits when the frozen part runs apart, once for each picture and epoch", async () => {
    await using engine = await Engine.start({ workers: 1 });
    const seen: number[] = [];
    const frozenPart: FitOptions["frozenPart"] = (prefix, source, work) =>
      frozenFeatures(engine, prefix, source, {
        ...work,
        onProgress: ({ done }) => seen.push(done),
      });
    expect(await trained({ frozenPart })).toEqual(await trained({}));
    expect(seen.filter((done) => done === 30)).toHaveLength(3);
  });

  it("do nothing in evaluation", async () => {
    const { x, y } = smallPictures(20);
    const [still, random] = [augmented({ random: false }), augmented({ random: true })];
    random.setWeights(still.getWeights());
    expect(await evaluate(compiled(random), x, y)).toEqual(await evaluate(compiled(still), x, y));
  });

  it("are refused behind other layers, with what to do", async () => {
    const { x, y } = smallPictures(4);
    const model = sequential({
      layers: [rescaling({ scale: 2, inputShape: [6, 6, 2] }), randomFlip(), flatten(), dense({ units: 1 })],
    });
    await expect(fit(compiled(model), x, y, {})).rejects.toThrow(
      "random_flip is a random preprocessing layer behind other layers",
    );
  });
});
