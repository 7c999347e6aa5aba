import { readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBase, mobileNetV3Large, mobileNetV3SmallKeras } from "../../src/applications/index.ts";
import { largeRows, smallRows } from "../../src/applications/mobileNetV3Blocks.ts";
import { torchBlocks } from "../../src/applications/mobileNetV3Torch.ts";
import { timmMobileNetV3, torchvisionMobileNetV3 } from "../../src/applications/torch/mobileNetV3.ts";
import { weightsDigest } from "../../src/models/weights.ts";
import { openBase } from "../../src/recipes/classifier/openBase.ts";
import { localHub } from "../support/localHub.ts";
import { temporaryFolder } from "../support/pictures.ts";
import { torchShapes, writeTorchFile } from "../support/torchWeights.ts";

const small = { inputShape: [96, 96, 3], weights: null } as const;

/** As timm writes it beside its weights. */
const config = {
  architecture: "tf_mobilenetv3_small_100",
  num_classes: 1000,
  pretrained_cfg: {
    input_size: [3, 240, 240],
    interpolation: "bicubic",
    crop_pct: 0.9,
    crop_mode: "center",
    mean: [0.5, 0.5, 0.5],
    std: [0.25, 0.25, 0.25],
  },
};

let file: string;

beforeAll(async () => {
  const network = await createBase("mobilenet_v3_small", { ...small, form: "timm" });
  file = await writeTorchFile(torchShapes(network, timmMobileNetV3(torchBlocks(smallRows))));
});

afterAll(() => rm(path.dirname(file), { recursive: true }));

/** The file under another name, alone or with a configuration beside it. */
async function placed(name: string, beside?: unknown): Promise<string> {
  const folder = await temporaryFolder("timm");
  const place = path.join(folder, name);
  await writeFile(place, await readFile(file));
  if (beside !== undefined) await writeFile(path.join(folder, "config.json"), JSON.stringify(beside));
  return place;
}

describe("a file with timm's names", () => {
  it("belongs to timm's own network or to one from TensorFlow, as its name says", async () => {
    const own = await placed("mobilenetv3_small_100.lamb_in1k.safetensors");
    const base = await createBase("mobilenet_v3_small", { ...small, weights: own });
    expect(base.form).toBe("timm");
    expect(base.remarks.join()).toContain("in timm's form, not in Keras's");
    expect(base.preprocessing).toMatchObject({ filter: "bicubic", resizeTo: 110, scale: 1 / 255 });
    const port = await placed("tf_mobilenetv3_small_100.safetensors");
    const ported = await createBase("mobilenet_v3_small_keras", { ...small, weights: port });
    expect(ported.form).toBe("tf");
    expect(ported.preprocessing).toMatchObject({ filter: "bilinear", mean: [0.5, 0.5, 0.5] });
  });

  it("is refused where that is not clear, or where the network has no such form", async () => {
    await expect(createBase("mobilenet_v3_small", { ...small, weights: file })).rejects.toMatchObject({
      code: "WEIGHTS_INVALID",
      message: expect.stringMatching(/two networks with these names.*config\.json.*form "timm" or "tf"/s),
    });
    const given = await createBase("mobilenet_v3_small", { ...small, weights: file, form: "timm" });
    expect(given.form).toBe("timm");
    const port = await placed("tf_mobilenetv3_small_100.safetensors");
    await expect(createBase("mobilenet_v3_small", { ...small, weights: port })).rejects.toThrow(
      /the form of timm's tf_ models, in which mobileNetV3Small is not built here/,
    );
  });

  it("is prepared as the config.json beside it says, which also tells the form", async () => {
    const place = await placed("model.safetensors", config);
    const base = await createBase("mobilenet_v3_small_keras", { ...small, weights: place });
    expect(base.form).toBe("tf");
    expect(base.remarks.join()).toContain(
      "as the config.json beside it says: bicubic, the shorter side to 266",
    );
    // 240 / 0.9 pixels, rounded down, for 240; here for 96.
    expect(base.preprocessing).toMatchObject({
      filter: "bicubic",
      fit: "crop",
      resizeTo: Math.round((96 * 266) / 240),
      mean: [0.5, 0.5, 0.5],
      std: [0.25, 0.25, 0.25],
    });
  });

  it("is not prepared by a config.json that says it in another way", async () => {
    const { pretrained_cfg: pictures } = config;
    for (const wrong of [{ crop_mode: "squash" }, { std: [0, 1, 1] }, { crop_pct: 7 }, { input_size: "3" }]) {
      const beside = { ...config, pretrained_cfg: { ...pictures, ...wrong } };
      const weights = await placed("model.safetensors", beside);
      const base = await createBase("mobilenet_v3_small_keras", { ...small, weights });
      expect(base.remarks.join()).toContain("does not stand in the file; timm's way is taken: bilinear");
    }
  });

  it("comes from Hugging Face with its config.json, by the base's name or by itself", async () => {
    const content = await readFile(file);
    const described = { ...config, architecture: "mobilenetv3_small_100" };
    await using server = await localHub("timm/some_model", {
      "config.json": Buffer.from(JSON.stringify(described)),
      "model.safetensors": content,
    });
    const environment = {
      HF_ENDPOINT: server.hub.address,
      HF_HUB_CACHE: path.join(await temporaryFolder("timm"), "hub"),
    };
    const fetching = { environment };
    const weights = "hf:timm/some_model/model.safetensors";
    const base = await createBase("mobilenet_v3_small", { ...small, weights, fetching });
    expect(base.form).toBe("timm");
    expect(base.remarks.join()).toContain("as the config.json beside it says");
    expect(base.weightSource).toMatchObject({ name: weights, isOwn: true });
    const asked = server.hub.requests.length;
    const again = await createBase("mobilenet_v3_small", { ...small, weights, fetching });
    expect(server.hub.requests.length).toBe(asked);
    expect(weightsDigest(again)).toBe(weightsDigest(base));
  });
});

it("torchvision's names tell torchvision's form, whatever the file is called", async () => {
  const network = await mobileNetV3Large({
    inputShape: [32, 32, 3],
    weights: null,
    form: "torch",
    includeTop: false,
  });
  const made = await writeTorchFile(torchShapes(network, torchvisionMobileNetV3(torchBlocks(largeRows))));
  const place = path.join(path.dirname(made), "tf_efficientnet_b0.safetensors");
  await rename(made, place);
  const base = await openBase({ base: "mobilenet_v3_large", weights: place, imageSize: 32 });
  expect(base.form).toBe("torch");
  await rm(path.dirname(place), { recursive: true });
});

it("forms of torchvision and timm are refused in widths that nobody has weights of", async () => {
  const narrow = { ...small, weights: null, includeTop: false, alpha: 0.75 } as const;
  await expect(mobileNetV3Large({ ...narrow, form: "torch" })).rejects.toThrow(
    /mobileNetV3Large: torchvision's form is there with alpha 1 and not minimalistic/,
  );
  await expect(mobileNetV3Large({ ...narrow, form: "timm", minimalistic: true })).rejects.toThrow(
    /timm's form is there with alpha up to 1 and not minimalistic/,
  );
  await expect(mobileNetV3SmallKeras({ ...narrow, form: "timm", alpha: 1 })).rejects.toThrow(
    /timm's form is there with alpha below 1 \(mobileNetV3Small has it with 1\)/,
  );
  const base = await mobileNetV3Large({ ...narrow, form: "timm" });
  expect(base.variant).toBe("of width 0.75");
  expect((await mobileNetV3Large({ ...narrow, form: "tf", alpha: 1 })).variant).toBe(undefined);
});
