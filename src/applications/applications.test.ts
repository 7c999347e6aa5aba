import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { embeddedWeightsPath, readEmbeddedWeights } from "./embeddedWeights.ts";
import { applications, baseNames, createBase, mobileNetV3Small } from "./index.ts";

describe("base networks", () => {
  it("have a name for the command line that makes them", async () => {
    expect(baseNames).toEqual(expect.arrayContaining(["mobilenet_v3_small", "small", "vgg_like", "vgg16"]));
    expect(new Set(baseNames).size).toBe(applications.length);
    for (const name of ["mobilenet_v3_small", "mobileNetV3Small", "MobileNetV3Small"]) {
      expect((await createBase(name, { weights: null })).application).toBe(mobileNetV3Small.application);
    }
  });

  it("are suggested when the name is misspelt", async () => {
    await expect(createBase("mobilnet_v3_small")).rejects.toThrow("Did you mean mobilenet_v3_small?");
  });

  it.each([[[64, 64, 3]], [[100, 96, 3]], [[96, 96, 1]], [[96.5, 96, 3]]] as const)(
    "refuse the input shape %j",
    async (shape) => {
      const inputShape = shape as unknown as [number, number, number];
      await expect(mobileNetV3Small({ weights: null, inputShape })).rejects.toThrow(
        "multiples of 32 from 96 up",
      );
    },
  );

  it("take sizes that are not square", async () => {
    const model = await mobileNetV3Small({ weights: null, inputShape: [96, 160, 3] });
    expect(model.outputShape).toEqual(["batch", 3, 5, 576]);
    expect(model.preprocessing).toMatchObject({ height: 96, width: 160, filter: "bilinear", fit: "stretch" });
  });

  it("refuse weights that they do not have", async () => {
    await expect(mobileNetV3Small({ weights: "imagenet" })).rejects.toThrow(
      /Known weights: embedded.*mobileNetV3SmallKeras/,
    );
    await expect(mobileNetV3Small({ weights: "no-such" })).rejects.toThrow("Known: embedded");
  });

  it("draw random weights from the seed", async () => {
    const kernel = async (seed: number) =>
      (await mobileNetV3Small({ weights: null, seed })).weights[0]!.value.slice(0, 4);
    expect(await kernel(1)).toEqual(await kernel(1));
    expect(await kernel(1)).not.toEqual(await kernel(2));
  });
});

describe("embedded weights", () => {
  it("are the file this version was made for", async () => {
    const { tensors, metadata } = await readEmbeddedWeights();
    expect(tensors.size).toBe(244);
    expect(metadata.get("mobilenet.image_size")).toBe(224);
  });

  it("are refused when missing or damaged, with the command that mends it", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "permafrost-"));
    try {
      const file = path.join(folder, "weights.gguf");
      await expect(readEmbeddedWeights(file)).rejects.toThrow('Run "npm ci"');
      await writeFile(file, "GGUF");
      await expect(readEmbeddedWeights(file)).rejects.toThrow(/expected SHA-256 faaa680c.*Run "npm ci"/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("lie in the installed package", () => {
    expect(embeddedWeightsPath()).toMatch(/classification-ggml.weights.mobilenetv3_3class_v3_fp16\.gguf$/);
  });
});
