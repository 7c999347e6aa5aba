import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { networkOfFile } from "../../src/applications/networkOfFile.ts";
import { sha256 } from "../../src/base/digest.ts";
import type { ProgressEvent } from "../../src/base/progress.ts";
import { applications } from "../../src/index.ts";
import { writeWeights } from "../../src/models/weightFile.ts";
import { noise, relativeDifference, run } from "../support/applicationParity.ts";
import { localServer, sendFile } from "../support/localServer.ts";
import { temporaryFolder } from "../support/pictures.ts";

const form = { includeTop: false, inputShape: [32, 32, 3] } as const;

it("applications fetch their published weights, and tell where they are from", async () => {
  const folder = await temporaryFolder("applications");
  const file = path.join(folder, "served.safetensors");
  const original = await applications.mobileNet({ ...form, weights: "random", seed: 7 });
  await writeWeights(original, file);
  const content = await readFile(file);
  await using server = await localServer((request, response) => sendFile(request, response, content));
  const progress: ProgressEvent[] = [];
  const fetching = {
    folder: path.join(folder, "weights"),
    mirror: server.address,
    environment: {},
    onProgress: (event: ProgressEvent) => progress.push(event),
  };
  const network = await applications.mobileNet({ ...form, fetching });
  expect(network.weightSource).toEqual({
    name: "imagenet",
    origin:
      "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet/mobilenet_1_0_224_tf_no_top.h5",
    sha256: sha256(content),
    licence: "Apache-2.0",
  });
  expect(network.weights.map(({ value }) => sha256(new Uint8Array(value.buffer)))).toEqual(
    original.weights.map(({ value }) => sha256(new Uint8Array(value.buffer))),
  );
  expect(progress.at(-1)).toMatchObject({ phase: "fetch", done: content.length, unit: "bytes" });
  expect(await networkOfFile(file)).toBe("mobilenet");
});

it.each([
  ["efficientnetv2-b0", applications.efficientNetV2B0],
  ["efficientnetv2-s", applications.efficientNetV2S],
  ["convnext_tiny", applications.convNeXtTiny],
])("without preprocessing inside %s asks for the same published file", async (name, make) => {
  await using server = await localServer((_request, response) => response.writeHead(404).end());
  const folder = await temporaryFolder("applications");
  const fetching = { folder, mirror: server.address, environment: {} };
  await expect(make({ ...form, includePreprocessing: false, fetching })).rejects.toMatchObject({
    code: "FETCH_FAILED",
  });
  expect(server.requests.map((request) => request.path)).toEqual([`/${name}_notop.h5`]);
});

it("weights of a network that scales inside fit one without, which computes the same of scaled pictures", async () => {
  const file = path.join(await temporaryFolder("applications"), "inside.safetensors");
  const inside = await applications.efficientNetV2B0({ ...form, weights: "random", seed: 3 });
  await writeWeights(inside, file);
  const outside = await applications.efficientNetV2B0({
    ...form,
    weights: file,
    includePreprocessing: false,
  });
  const pixels = noise("pixels", 32 * 32 * 3, 128, 127);
  const { scale, mean, std } = outside.preprocessing;
  const scaled = pixels.map((pixel, index) => (pixel * scale - mean[index % 3]!) / std[index % 3]!);
  const [expected] = await run(inside, pixels, [32, 32, 3]);
  const [found] = await run(outside, scaled, [32, 32, 3]);
  expect(relativeDifference(found!.data, expected!.data)).toBeLessThan(1e-4);
});

it("a file that is not here is told of with its size where that is known, and with a command only where that fetches it", async () => {
  const fetching = { folder: await temporaryFolder("applications"), offline: true, environment: {} };
  const { mobileNetV2, mobileNetV3SmallKeras } = applications;
  await expect(mobileNetV3SmallKeras({ ...form, fetching })).rejects.toThrow(
    /no_top_v2\.h5 \(a little more than 3756480 bytes, MD5 .*permafrost weights fetch mobilenet_v3_small_keras/s,
  );
  await expect(mobileNetV2({ ...form, alpha: 0.35, fetching })).rejects.toThrow(
    /kernels_0\.35_224_no_top\.h5 \(size not known(?!.*weights fetch).*permafrost weights\s+import/s,
  );
});

it("a file of weights of no known network is no base by itself", async () => {
  const file = path.join(await temporaryFolder("applications"), "narrow.safetensors");
  await writeWeights(await applications.mobileNet({ ...form, alpha: 0.25, weights: "random" }), file);
  await expect(networkOfFile(file)).rejects.toThrow(
    /safetensors.*Name the network: --base <name> --weights/s,
  );
  await writeFile(file, "no weights at all");
  await expect(networkOfFile(file)).rejects.toMatchObject({ code: "FORMAT_UNKNOWN" });
});
