import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBase, resNet50, xception } from "../../src/applications/index.ts";
import { networkOfFile } from "../../src/applications/networkOfFile.ts";
import { mobileNetV2Namings } from "../../src/applications/torch/mobileNetV2.ts";
import { dense } from "../../src/layers/index.ts";
import { Sequential } from "../../src/models/sequential.ts";
import { layerRecord } from "../../src/models/structure.ts";
import { namedWeights, weightsDigest } from "../../src/models/weights.ts";
import { baseOfBundle } from "../../src/recipes/classifier/baseOfBundle.ts";
import { bundleContents } from "../../src/recipes/classifier/classifierBundle.ts";
import { openBase, openForm } from "../../src/recipes/classifier/openBase.ts";
import { loadBundle } from "../../src/saving/loadBundle.ts";
import { saveBundle } from "../../src/saving/saveBundle.ts";
import { type NamedShape, torchShapes, writeTorchFile } from "../support/torchWeights.ts";

const small = { inputShape: [32, 32, 3], weights: null } as const;
let tensors: readonly NamedShape[];
let file: string;

beforeAll(async () => {
  const network = await createBase("mobilenet_v2", { ...small, form: "torch" });
  tensors = torchShapes(network, mobileNetV2Namings[0]!);
  file = await writeTorchFile(tensors);
});

afterAll(() => rm(path.dirname(file), { recursive: true }));

describe("a file with torchvision's names", () => {
  it("is known by its number of weights, and as a base by itself", async () => {
    expect(await networkOfFile(file)).toBe("mobilenet_v2");
    const base = await openBase({ base: file, imageSize: 32 });
    expect([base.application.commandName, base.form]).toEqual(["mobilenet_v2", "torch"]);
  });

  it("decides how pictures are prepared", async () => {
    const base = await openForm({ base: "mobilenet_v2", weights: file });
    expect(base.preprocessing).toMatchObject({
      width: 224,
      fit: "crop",
      resizeTo: 256,
      scale: 1 / 255,
      order: "rgb",
    });
    const keras = await openForm({ base: "mobilenet_v2" });
    expect(keras.form).toBeUndefined();
    expect(keras.preprocessing).toMatchObject({ width: 224, fit: "stretch", scale: 1 / 127.5 });
  });

  it("comes back from a bundle in its form, with its weights and pictures", async () => {
    const base = await openBase({ base: "mobilenet_v2", weights: file, imageSize: 32 });
    const model = new Sequential({ layers: [base, dense({ units: 2, activation: "softmax" })], seed: 3 });
    const contents = bundleContents(model, base, {
      classNames: ["cats", "dogs"],
      embedBase: true,
      metrics: {},
      run: {
        command: "test",
        versions: {},
        seed: 3,
        dataDigest: "0".repeat(64),
        numericsClass: "none",
        date: "",
      },
    });
    const folder = await mkdtemp(path.join(tmpdir(), "permafrost-torch-bundle-"));
    await saveBundle(path.join(folder, "bundle"), contents);
    const loaded = await loadBundle(path.join(folder, "bundle"));
    const again = await baseOfBundle(loaded, folder, loaded.base.options);
    const reopened = await openBase({ base: path.join(folder, "bundle") });
    await rm(folder, { recursive: true });
    expect(loaded.base.options).toMatchObject({ form: "torch" });
    expect(loaded.base.source?.origin).toBe("model.safetensors");
    for (const one of [again, reopened]) {
      expect(one.form).toBe("torch");
      expect(one.preprocessing).toEqual(base.preprocessing);
      expect(weightsDigest(one)).toBe(weightsDigest(base));
      expect(one.summary()).toBe(base.summary());
    }
  });

  it("of another network is refused with both shapes and what it looks like", async () => {
    await expect(resNet50({ ...small, weights: file, includeTop: false })).rejects.toMatchObject({
      code: "WEIGHTS_INVALID",
      message: expect.stringMatching(
        /not those of resnet50:\n {2}conv1\.weight: expected \[64, 3, 7, 7\] for layer conv1_conv, the file has none\n.*MobileNetV2 in PyTorch's form without its top/s,
      ),
    });
    await expect(xception({ inputShape: [71, 71, 3], weights: file, includeTop: false })).rejects.toThrow(
      /not those of xception.*MobileNetV2 in PyTorch's form/s,
    );
  });

  it("with a tensor of another shape or one too many is refused, naming it", async () => {
    const [first, ...others] = tensors;
    const wide = { ...first!, shape: [32, 3, 5, 5] };
    const changed = await writeTorchFile([wide, ...others, { name: "features.19.0.weight", shape: [2] }]);
    const asking = createBase("mobilenet_v2", { ...small, weights: changed });
    await expect(asking).rejects.toThrow(
      /features\.0\.0\.weight: expected \[32, 3, 3, 3\] for layer Conv1, the file has \[32, 3, 5, 5\]\n {2}features\.19\.0\.weight: only the file has it, with shape \[2\]/,
    );
    await rm(path.dirname(changed), { recursive: true });
  });
});

describe("the form of a network", () => {
  it("differs in epsilons, not in the names of weights", async () => {
    const [keras, torch] = await Promise.all(
      (["keras", "torch"] as const).map((form) => createBase("mobilenet_v2", { ...small, form })),
    );
    expect([...namedWeights(torch!)].map(({ name }) => name)).toEqual(
      [...namedWeights(keras!)].map(({ name }) => name),
    );
    const epsilons = [keras!, torch!].map((one) => layerRecord(one.getLayer("Conv_1_bn")).config["epsilon"]);
    expect(epsilons).toEqual([1e-3, 1e-5]);
  });

  it("cannot be torchvision's with Keras's published weights, nor of a network of Keras's alone", async () => {
    await expect(resNet50({ form: "torch" })).rejects.toThrow("--base resnet50 --weights <file>.safetensors");
    await expect(xception({ form: "torch", weights: null })).rejects.toThrow(
      "not built in torchvision's form here",
    );
  });
});
