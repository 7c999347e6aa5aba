import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { presetPipeline } from "../../src/augmentation/presets.ts";
import { sha256 } from "../../src/base/digest.ts";
import { applications } from "../../src/keras/applications.ts";
import { load } from "../../src/keras/loadModel.ts";
import { Sequential } from "../../src/keras/networks.ts";
import { dense, globalAveragePooling2D } from "../../src/layers/index.ts";
import { compareMethods } from "../../src/recipes/compareMethods.ts";
import { describeBundle } from "../../src/recipes/describeBundle.ts";
import { evaluateClassifier } from "../../src/recipes/evaluateClassifier.ts";
import { explainImages } from "../../src/recipes/explainImages.ts";
import { planTraining } from "../../src/recipes/planTraining.ts";
import { predictImages } from "../../src/recipes/predictImages.ts";
import type { TrainingRequest } from "../../src/recipes/request/training.ts";
import { trainingDefaults } from "../../src/recipes/request/trainingDefaults.ts";
import { trainClassifier } from "../../src/recipes/trainClassifier.ts";
import { verifyTraining } from "../../src/recipes/verifyTraining.ts";
import { loadBundle } from "../../src/saving/loadBundle.ts";
import { formulaInputs } from "../support/exportNetworks.ts";
import { temporaryFolder, writeStripes } from "../support/pictures.ts";
import { predictions as predictionsOf } from "../support/predictions.ts";

const cut = "block8";
const lastLayer = "expanded_conv_7_add";

describe("a classifier on a base that is cut", () => {
  let folder: string;
  const at = (...names: string[]) => path.join(folder, ...names);
  const request = (more: Partial<TrainingRequest> = {}): TrainingRequest => ({
    ...trainingDefaults,
    data: at("photos"),
    cut,
    epochs: 6,
    batchSize: 6,
    imageSize: 96,
    out: at("bundle"),
    embedBase: false,
    store: at("store"),
    commandLine: "",
    ...more,
  });

  beforeAll(async () => {
    folder = await temporaryFolder("cut");
    await writeStripes(at("photos"), ["flat", "steep"], 10);
    await trainClassifier(request());
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is planned without a forward to run, and verified bit for bit", async () => {
    const plan = await planTraining(request({ epochs: 20 }));
    expect(plan.forwards).toMatchObject({ compute: 0, stored: 20 });
    expect(plan.cut).toMatch(/48 numbers a sample/);
    const verified = await verifyTraining({ ...request(), steps: 3 });
    expect(verified).toMatchObject({ same: true, forwards: { computed: 0 } });
  });

  it("is a bundle that programs without cuts refuse, and that says where its base ends", async () => {
    const { base } = await loadBundle(at("bundle"));
    expect(base.options).toEqual({ inputShape: [96, 96, 3], cut: lastLayer });
    expect(await describeBundle(at("bundle"))).toMatchObject({ version: 4, base: { cut: lastLayer } });
    expect(readFileSync(at("bundle", "report.html"), "utf8")).toContain(
      `mobilenet_v3_small up to ${lastLayer}, weights`,
    );
  });

  it("predicts, evaluates and explains with the part that is left", async () => {
    const bundle = at("bundle");
    const images = [at("photos", "flat"), at("photos", "steep")];
    const { predictions } = await predictImages({ bundle, images });
    const { predictions: judged, forwards } = await evaluateClassifier({
      ...{ bundle, data: at("photos"), split: "all", store: at("store") },
    });
    expect(forwards).toEqual({ computed: 0, reused: 20 });
    const byPath = (list: readonly { readonly path: string; readonly probabilities: object }[]) =>
      new Map(list.map(({ path: file, probabilities }) => [file, probabilities]));
    expect(byPath(predictions)).toEqual(byPath(judged));
    const explained = await explainImages({
      ...{ bundle, images: [at("photos", "flat", "0.png")], out: at("explained"), commandLine: "" },
    });
    expect(explained.explanations[0]!.heatmap).toMatchObject({ height: 6, width: 6 });
  });

  it("is fine-tuned from the last blocks that are left, and goes on after an interruption with the same bits", async () => {
    const fineTuning = { recipe: "fine-tune", unfreeze: "last:2", epochs: 12 } as const;
    const whole = await trainClassifier(request({ ...fineTuning, out: at("whole") }));
    expect(whole.phases.map(({ name }) => name)).toEqual(["head", "block7"]);
    const stopping = new AbortController();
    const stopped = trainClassifier(request({ ...fineTuning, out: at("part") }), {
      signal: stopping.signal,
      onEpoch: ({ epoch }) => epoch === 7 && stopping.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: "INTERRUPTED" });
    let resumedAfter = 0;
    await trainClassifier(request({ ...fineTuning, out: at("part") }), {
      onResume: (epochs) => {
        resumedAfter = epochs;
      },
    });
    expect(resumedAfter).toBeGreaterThan(0);
    const digests = (bundle: string) =>
      ["head.safetensors", "base.safetensors"].map((name) => sha256(readFileSync(at(bundle, name))));
    expect(digests("part")).toEqual(digests("whole"));
    // Only what is left of the base is in the bundle, and it is a base in its turn, which can be cut once more.
    const next = await trainClassifier(
      request({ base: at("whole"), cut: "expanded_conv_5_add", epochs: 1, out: at("next") }),
    );
    expect(next.cut).toMatch(/40 numbers a sample/);
    expect(await describeBundle(at("next"))).toMatchObject({
      base: { cut: "expanded_conv_5_add", embedded: true },
    });
    expect((await predictImages({ bundle: at("next"), images: [at("photos", "flat")] })).skipped).toEqual([]);
  }, 60_000);

  it("is built, saved and loaded in the library as well", async () => {
    const convBase = await applications.byName("mobilenet_v3_small", { cut, inputShape: [96, 96, 3] });
    const head = [globalAveragePooling2D(), dense({ units: 2, activation: "softmax" })];
    const model = new Sequential({ layers: [convBase, ...head] });
    await model.save(at("saved"), { classNames: ["flat", "steep"] });
    const again = await load(at("saved"));
    const inputs = formulaInputs(model);
    expect(await predictionsOf(again, inputs)).toEqual(await predictionsOf(model, inputs));
    // The weights come with the package: the part that is left is found again by its name and cut.
    expect(await describeBundle(at("saved"))).toMatchObject({ base: { cut: lastLayer, embedded: false } });
  });

  it("is compared by methods that train, and by those that solve for their head", async () => {
    const { report } = await compareMethods({
      ...request({ epochs: 2 }),
      methods: "fast,ridge",
      seeds: 1,
      augmentation: { name: "flip", pipeline: presetPipeline("flip"), draws: "fresh", seed: 0 },
      out: at("compare"),
    });
    expect(report.leftOut).toEqual([]);
    expect(report.methods.map(({ cost }) => cost.computed)).toEqual([0, 0]);
    expect(report.base).toMatchObject({ cut });
    for (const run of ["fast-seed0", "ridge-seed0"])
      expect(await describeBundle(at("compare", "runs", run))).toMatchObject({ base: { cut: lastLayer } });
  });
});
