import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { createBase } from "../../src/applications/index.ts";
import { resNetNamings } from "../../src/applications/torch/resNet.ts";
import { weightsDigest } from "../../src/models/weights.ts";
import { openBase } from "../../src/recipes/classifier/openBase.ts";
import { hubCommit, localHub } from "../support/localHub.ts";
import { temporaryFolder } from "../support/pictures.ts";
import { torchShapes, writeTorchFile } from "../support/torchWeights.ts";

const golden = (name: string) => new URL(`../golden/onnx/${name}`, import.meta.url);

afterEach(() => vi.unstubAllEnvs());

/** Everything that is fetched comes from this repository. */
async function hub(files: Readonly<Record<string, Buffer>>) {
  const server = await localHub("owner/model", files);
  const folder = await temporaryFolder("hub-bases");
  vi.stubEnv("HF_ENDPOINT", server.hub.address);
  vi.stubEnv("HF_HUB_CACHE", path.join(folder, "hub"));
  vi.stubEnv("PERMAFROST_OFFLINE", "");
  return server;
}

it("a repository with an ONNX model is a base, prepared as its preprocessor_config.json says", async () => {
  const config = {
    image_processor_type: "ViTImageProcessor",
    size: { height: 32, width: 32 },
    image_mean: [0.25, 0.5, 0.75],
    image_std: [0.5, 0.5, 0.5],
  };
  await using server = await hub({
    "onnx/model.onnx": await readFile(golden("vitDynamo.onnx")),
    "preprocessor_config.json": Buffer.from(JSON.stringify(config)),
  });
  const base = await openBase({ base: "hf:owner/model" });
  expect(base.application.commandName).toBe("onnx");
  expect(base.preprocessing).toMatchObject({ height: 32, width: 32, mean: [0.25, 0.5, 0.75] });
  expect(base.weightSource).toMatchObject({ origin: "model.onnx" });
  const asked = server.hub.requests.length;
  const again = await openBase({ base: `hf:owner/model@${hubCommit}`, offline: true });
  expect(server.hub.requests.length).toBe(asked);
  expect(weightsDigest(again)).toBe(weightsDigest(base));
});

it("an ONNX model's external data come with it", async () => {
  await using server = await hub({
    "model.onnx": await readFile(golden("external.onnx")),
    "external.bin": await readFile(golden("external.bin")),
  });
  const base = await openBase({ base: "hf:owner/model/model.onnx", preprocessing: "tf" });
  expect(base.application.commandName).toBe("onnx");
  expect(server.hub.requests.some((request) => request.path.endsWith("/external.bin"))).toBe(true);
});

it("a repository with PyTorch's names of tensors is a base in torchvision's form, known by its number of weights", async () => {
  const size = { inputShape: [32, 32, 3] } as const;
  const network = await createBase("resnet50", { ...size, weights: null, form: "torch" });
  const file = await writeTorchFile(torchShapes(network, resNetNamings[0]!));
  await using server = await hub({ "model.safetensors": await readFile(file) });
  const base = await openBase({ base: "hf:owner/model", imageSize: 32 });
  expect([base.application.commandName, base.form]).toEqual(["resnet50", "torch"]);
  expect(base.remarks.join()).toContain("torchvision's form");
  expect(server.store.requests.length).toBeGreaterThan(0);
});
