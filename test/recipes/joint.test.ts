import { cp, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadClassifier } from "../../src/recipes/loadClassifier.ts";
import { planTraining } from "../../src/recipes/planTraining.ts";
import type { TrainingRequest } from "../../src/recipes/request/training.ts";
import { trainingDefaults } from "../../src/recipes/request/trainingDefaults.ts";
import { trainClassifier } from "../../src/recipes/trainClassifier.ts";
import { verifyTraining } from "../../src/recipes/verifyTraining.ts";
import { loadBundle } from "../../src/saving/loadBundle.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";

describe("training a classifier and a reconstruction at once", () => {
  let folder: string;
  const at = (...parts: readonly string[]) => path.join(folder, ...parts);

  beforeAll(async () => {
    folder = await temporaryFolder("joint");
    await writeStripes(at("photos"), ["a", "b"], 8);
    await writeStripes(at("more"), ["x", "y", "z"], 4);
    await cp(at("photos", "a", "0.png"), at("more", "z", "copy.png"));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const requestFor = (out: string, request: Partial<TrainingRequest> = {}): TrainingRequest => ({
    ...trainingDefaults,
    data: at("photos"),
    base: "small",
    head: "dense:8",
    unfreeze: "all",
    joint: { weight: 0.5, unlabelled: at("more") },
    imageSize: 24,
    out: at(out),
    store: at("store"),
    epochs: 1,
    batchSize: 64,
    embedBase: false,
    commandLine: "test",
    ...request,
  });
  const train = (out: string, request: Partial<TrainingRequest> = {}) =>
    trainClassifier(requestFor(out, request));

  it("adds the weighted reconstruction to the mean loss of the images with labels", async () => {
    const { history, phases } = await train("both");
    const sum = history["predictions_loss"]![0]! + 0.5 * history["reconstruction_loss"]![0]!;
    expect(history["loss"]![0]).toBeCloseTo(sum, 5);
    expect(phases[0]!.trained).toEqual(
      expect.arrayContaining(["small/block1", "predictions", "reconstruction"]),
    );
  });

  it("starts with the classification loss of training without the unlabelled images", async () => {
    const [alone, more] = [
      await train("alone", { joint: { weight: 0.5 }, epochs: 1 }),
      await train("withMore", { epochs: 1 }),
    ];
    const first = (result: typeof alone) => result.history["predictions_loss"]![0]!;
    expect(first(more)).toBeCloseTo(first(alone), 5);
    const { name } = (await loadBundle(at("withMore"))).base;
    expect(name).toBe("small");
    expect((await loadClassifier(at("withMore"))).classNames).toEqual(["a", "b"]);
  });

  it("is planned with its decoder, its images without labels and exactly its forwards", async () => {
    const request = requestFor("planned", { batchSize: 8, epochs: 2, store: at("planStore") });
    const plan = await planTraining(request);
    // Those of x and y are copies of pictures with a label, and so is one of z.
    expect(plan.unlabelled).toBe(4);
    const [phase] = plan.phases;
    const { forwards, phases } = await trainClassifier(request);
    expect(plan.forwards.compute).toBe(forwards.computed);
    expect(phase!.trained).toEqual(phases[0]!.trained);
    expect(phase!.trainedParameters).toBe(phases[0]!.trainedParameters);
    expect(phase!.cut).toBe(phases[0]!.cut);
    const images = (plan.images.train ?? 0) + 4;
    expect(phase!.steps).toBe(2 * Math.ceil(images / 8));
    expect(plan.layers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["small", "predictions", "reconstruction"]),
    );
    await expect(planTraining({ ...request, joint: { weight: -1 } })).rejects.toThrow("weight above 0");
  });

  it("has only the plain way, which verify says", async () => {
    await expect(verifyTraining(requestFor("verified"))).rejects.toThrow(
      "verify: --joint reconstructs pictures",
    );
  });

  it("refuses what it cannot be combined with", async () => {
    await expect(train("bad", { joint: { weight: -1 } })).rejects.toThrow("weight above 0");
    await expect(train("bad", { mixing: { mixup: 0.2 } })).rejects.toThrow("--mixup");
    await expect(train("bad", { recipe: "fine-tune", epochs: 4 })).rejects.toThrow("--recipe");
  });
});
