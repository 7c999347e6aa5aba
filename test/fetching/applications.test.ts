import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { networkOfFile } from "../../src/applications/networkOfFile.ts";
import { sha256 } from "../../src/base/digest.ts";
import type { ProgressEvent } from "../../src/base/progress.ts";
import { applications } from "../../src/index.ts";
import { writeWeights } from "../../src/models/weightFile.ts";
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

it("a file of weights of no known network is no base by itself", async () => {
  const file = path.join(await temporaryFolder("applications"), "narrow.safetensors");
  await writeWeights(await applications.mobileNet({ ...form, alpha: 0.25, weights: "random" }), file);
  await expect(networkOfFile(file)).rejects.toThrow(
    /safetensors.*Name the network: --base <name> --weights/s,
  );
  await writeFile(file, "no weights at all");
  await expect(networkOfFile(file)).rejects.toMatchObject({ code: "FORMAT_UNKNOWN" });
});
