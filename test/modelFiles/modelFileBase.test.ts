import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createBase } from "../../src/applications/index.ts";
import { applications } from "../../src/keras/applications.ts";
import { load, loadModel } from "../../src/keras/loadModel.ts";
import { Sequential } from "../../src/keras/networks.ts";
import { dense, globalAveragePooling2D } from "../../src/layers/index.ts";
import { openBase } from "../../src/recipes/classifier/openBase.ts";
import { formulaInputs } from "../support/exportNetworks.ts";
import { predictions } from "../support/predictions.ts";
import { temporaryTree } from "../support/temporaryTree.ts";

const at = (file: string) => path.join(fileURLToPath(new URL("../golden/models", import.meta.url)), file);

describe("a model file as a base", () => {
  test("is cut before its classifier, models in it taken apart", async () => {
    const base = await openBase({ base: at("teachable") });
    expect(base.layers.map(({ name }) => name)).toEqual(
      ["input_1", "Conv1", "bn_Conv1", "out_relu"].map((name) =>
        expect.stringContaining(name === "input_1" ? "input" : name),
      ),
    );
    expect(base.outputShape).toEqual(["batch", 6, 6, 6]);
    // Teachable Machine cuts the middle square out and scales to -1 to 1.
    expect(base.preprocessing).toMatchObject({ height: 12, width: 12, fit: "crop", scale: 1 / 127.5 });
  });

  test("is cut where it is said, and pixels are scaled as it is said", async () => {
    const base = await openBase({
      base: at("teachable/model.json"),
      cut: "Conv1",
      preprocessing: "imagenet",
    });
    expect(base.outputShape).toEqual(["batch", 6, 6, 6]);
    expect(base.preprocessing).toMatchObject({ fit: "stretch", std: [0.229, 0.224, 0.225] });
    await expect(openBase({ base: at("teachable"), cut: "Conv2" })).rejects.toThrow(
      'no layer "Conv2" to cut behind. Did you mean Conv1?',
    );
    await expect(openBase({ base: at("teachable"), cut: "dense_Dense1" })).rejects.toThrow(
      "a cut must be where maps",
    );
    await expect(openBase({ base: at("teachable"), preprocessing: "mine" })).rejects.toThrow(
      "Known: imagenet, torch, tf",
    );
  });

  test("scales pixels itself when it begins with Rescaling, and takes another size", async () => {
    const base = await openBase({ base: at("stack3.keras"), imageSize: 20 });
    expect(base.preprocessing).toMatchObject({ height: 20, width: 20, scale: 1, mean: [0, 0, 0] });
    expect(base.outputShape).toEqual(["batch", 9, 9, 4]);
  });

  test("of which nothing says how pixels are scaled asks for it", async () => {
    await expect(openBase({ base: at("keras1.h5") })).rejects.toThrow("Say it with preprocessing");
    expect((await openBase({ base: at("keras1.h5"), preprocessing: "none" })).outputShape).toEqual([
      "batch",
      4,
      4,
      4,
    ]);
  });

  test("options of model files are refused for named bases", async () => {
    await expect(openBase({ base: "small", preprocessing: "tf" })).rejects.toThrow(
      "--preprocessing belongs to a base that is a model file",
    );
    await expect(openBase({ base: at("teachable"), initialWeights: "random" })).rejects.toThrow(
      "comes with its weights and can begin with no others",
    );
    await expect(openBase({ base: "./none.keras" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("goes into a bundle whole, with its preprocessing", async () => {
    const convBase = await applications.fromKeras(at("teachable"));
    convBase.trainable = false;
    const model = new Sequential({
      layers: [convBase, globalAveragePooling2D(), dense({ units: 2, activation: "softmax" })],
    });
    const folder = path.join(await temporaryTree({}), "bundle");
    await model.save(folder, { classNames: ["a", "b"] });
    const again = await load(folder);
    const inputs = formulaInputs(model);
    expect(await predictions(again, inputs)).toEqual(await predictions(model, inputs));
    expect((again.layers[0] as typeof convBase).preprocessing).toEqual(convBase.preprocessing);
    // And its base serves the next training.
    const next = await openBase({ base: folder });
    expect(next.preprocessing).toEqual(convBase.preprocessing);
    expect(next.getWeights()).toEqual(convBase.getWeights());
    // Cut once more, it is described by what is left of it.
    const cut = await openBase({ base: folder, cut: "Conv1" });
    expect(cut.layers.at(-1)!.name).toBe("Conv1");
    const architecture = cut.architecture!;
    const rebuilt = await createBase("model_file", { architecture, inputShape: [12, 12, 3] });
    expect(rebuilt.summary()).toBe(cut.summary());
  });
});

const data =
  process.env["PERMAFROST_TEST_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const shared = path.join(data, "../weights/mobilenet_1_0_224_tfjs");
const isHere = existsSync(shared);
if (!isHere) process.stderr.write(`skipped: no MobileNet weights at ${shared}\n`);

describe.skipIf(!isHere)("the public MobileNet without one of its files of weights", () => {
  test("says what is missing and up to where it can be used", async () => {
    const reason =
      /conv_pw_13\/kernel should be in group37-shard1of1, which is not there.*\(--cut conv_dw_13_relu\)/;
    await expect(loadModel(shared)).rejects.toThrow(reason);
    await expect(openBase({ base: shared })).rejects.toThrow(reason);
    await expect(openBase({ base: shared, cut: "conv_pw_13_relu" })).rejects.toThrow(reason);
  });

  test("is a base up to there, known by its layers", async () => {
    const base = await openBase({ base: shared, cut: "conv_dw_13_relu" });
    expect(base.outputShape).toEqual(["batch", 7, 7, 1024]);
    expect(base.preprocessing).toMatchObject({ height: 224, scale: 1 / 127.5, mean: [1, 1, 1] });
    // The halving of its time had no layers of their own for the padding, so that today's blocks are not all there.
    expect(base.application.blocks).toEqual([]);
  });
});
