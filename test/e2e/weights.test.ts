import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createBase } from "../../src/applications/index.ts";
import { writeWeights } from "../../src/models/weightFile.ts";
import { describeBundle } from "../../src/recipes/describeBundle.ts";
import { fetchWeights, verifyWeights } from "../../src/recipes/weightFiles.ts";
import { localHub } from "../support/localHub.ts";
import { type LocalServer, localServer, sendFile } from "../support/localServer.ts";
import { type Kill, lastEvent, runCli } from "../support/runCli.ts";
import { type Workplace, workplace } from "../support/workplace.ts";

const file = "mobilenet_1_0_224_tf_no_top.h5";
const quick = ["--image-size", "32", "--epochs", "1", "--json"] as const;

let place: Workplace;
/** Weights of a MobileNet with Keras's names, from a seed: what a file is shows in its content. */
let content: Buffer;
let weights: string;

beforeAll(async () => {
  place = await workplace("weights", 4);
  weights = place.at("own.safetensors");
  await writeWeights(await createBase("mobilenet", { weights: null, seed: 3 }), weights);
  content = await readFile(weights);
});

function mirror(): Promise<LocalServer> {
  return localServer((request, response) =>
    request.url === `/${file}`
      ? sendFile(request, response, content, { etag: '"1"' })
      : response.writeHead(404).end(),
  );
}

/** Nothing of the user's own settings reaches the network or another cache. */
const alone = (folder: string, more: Record<string, string> = {}) => ({
  PERMAFROST_WEIGHTS: folder,
  HTTP_PROXY: "",
  http_proxy: "",
  ALL_PROXY: "",
  all_proxy: "",
  ...more,
});

describe("permafrost train --base mobilenet", () => {
  it("are not fetched from a file's own place", async () => {
    await expect(fetchWeights("./resnet50.h5", false)).rejects.toThrow(
      "./resnet50.h5: expected the name of a network or hf:<owner>/<repository>, got a file, which needs no fetching. Train with it by --base <network> --weights ./resnet50.h5",
    );
  });

  it("fetches the weights once; the bundle pins them and opens without a network", async () => {
    await using server = await mirror();
    const folder = place.at("fetched");
    const environment = alone(folder, { PERMAFROST_WEIGHTS_MIRROR: server.address });
    const train = ["train", place.photos, "--base", "mobilenet", ...quick];
    const run = await place.run([...train, "--out", place.at("runs", "one")], { environment });
    expect(run.stderr).toContain(`${file}: its authors publish no digest. It has SHA-256`);
    expect(run.code).toBe(0);
    const plan = ["plan", place.photos, "--base", "mobilenet", "--image-size", "32"];
    expect((await place.run(plan, { environment })).code).toBe(0);
    expect(server.requests).toHaveLength(1);

    const offline = { environment: alone(folder, { PERMAFROST_OFFLINE: "1" }) };
    const predict = ["predict", place.at("runs", "one"), place.photos, "--json"];
    expect((await place.run(predict, offline)).code).toBe(0);
    const bundle = await describeBundle(place.at("runs", "one"));
    expect(bundle.base).toMatchObject({
      embedded: false,
      source: { origin: expect.stringMatching(/^https:.*no_top\.h5$/), licence: "Apache-2.0" },
    });

    await rename(path.join(folder, file), path.join(folder, "elsewhere.h5"));
    const unreachable = await place.run(predict, { environment });
    expect(unreachable.code).toBe(1);
    expect(lastEvent(unreachable, "error")).toMatchObject({
      code: "OFFLINE",
      message: expect.stringContaining("opening a bundle fetches nothing by itself"),
    });
    expect(server.requests).toHaveLength(1);

    await writeFile(path.join(folder, file), Buffer.concat([content, Buffer.from("x")]));
    expect(lastEvent(await place.run(predict, offline), "error")["code"]).toBe("DIGEST_MISMATCH");
    const states = (await verifyWeights({ folder })).map((each) => [each.file, each.state]);
    expect(states).toEqual([
      ["elsewhere.h5", "not known"],
      [file, "damaged"],
    ]);
  }, 120_000);

  it("says what to do by hand where nothing may be fetched, and takes what was put there", async () => {
    const folder = place.at("imported");
    const environment = alone(folder);
    const plan = ["plan", place.photos, "--base", "mobilenet", "--image-size", "32", "--offline", "--json"];
    const refused = await place.run(plan, { environment });
    expect(lastEvent(refused, "error")).toMatchObject({ code: "OFFLINE" });
    const [, command = ""] = /run: permafrost (weights import \S+)/.exec(refused.stderr) ?? [];
    expect(command).toBe(`weights import ${file}`);
    await writeFile(place.at(file), content);
    expect((await place.run(["weights", "verify"], { environment })).stdout).toBe("No weights yet.\n");
    const bare = await place.run(["bases", "--store", place.at("no store")], { environment });
    expect(bare.stdout).toContain("images/s here: nothing was measured on this machine yet");
    const imported = await place.run(command.split(" "), { environment });
    expect(imported.code).toBe(0);
    expect(imported.stdout).toMatch(/sha256 [0-9a-f]{64}, taken for https:/);
    expect(imported.stderr).toContain("nothing tells whether it is that file");
    expect((await place.run(plan, { environment })).code).toBe(0);
    const listed = lastEvent(await place.run(["weights", "list", "--json"], { environment }), "weights");
    expect(listed).toMatchObject({ folder, files: [{ base: "mobilenet", file, bytes: content.length }] });
    const bases = lastEvent(await place.run(["bases", "--json"], { environment }), "bases")["bases"] as {
      readonly name: string;
    }[];
    expect(bases.find(({ name }) => name === "mobilenet")).toMatchObject({
      parameters: 3228864,
      features: 1024,
      weights: { here: true },
      rate: { size: 32, source: "trial" },
    });
  });

  it("takes weights of the user's own, which then lie in the bundle", async () => {
    const environment = alone(place.at("none"), { PERMAFROST_OFFLINE: "1" });
    const own = place.at("moved.safetensors");
    await writeFile(own, content);
    const out = place.at("runs", "own");
    const words = ["train", place.photos, "--base", "mobilenet", "--weights", own, ...quick, "--out", out];
    expect((await place.run(words, { environment })).code).toBe(0);
    const byFile = ["plan", place.photos, "--base", own, "--image-size", "32"];
    expect((await place.run(byFile, { environment })).code).toBe(0);
    await rm(own);
    expect((await place.run(["predict", out, place.photos, "--json"], { environment })).code).toBe(0);
    const other = ["plan", place.photos, "--weights", weights];
    expect((await place.run(other, { environment })).stderr).toContain(
      "It has as many weights as MobileNet without its top: name its network with --base.",
    );
    const twice = ["train", place.photos, "--base", out, "--weights", weights];
    expect((await place.run(twice, { environment })).stderr).toContain("brings its own");
  });

  it("takes a file of Hugging Face", async () => {
    await using server = await localHub("owner/mobilenet", { "model.safetensors": content });
    const environment = alone(place.at("none"), {
      HF_HOME: place.at("hub"),
      HF_ENDPOINT: server.hub.address,
    });
    const plan = ["plan", place.photos, "--image-size", "32", "--base"];
    expect((await place.run([...plan, "hf:owner/mobilenet"], { environment })).code).toBe(0);
    const named = [...plan, "mobilenet", "--weights", "hf:owner/mobilenet", "--offline"];
    expect((await place.run(named, { environment })).code).toBe(0);
  });
});

describe("permafrost weights fetch", () => {
  const fetch = (server: LocalServer, folder: string) => [
    ...["weights", "fetch", "mobilenet", "--json"],
    ...["--mirror", server.address, "--folder", folder],
  ];

  it("fetches once when two processes ask at once", async () => {
    await using server = await localServer((request, response) =>
      sendFile(request, response, content, { slow: { bytes: 2 ** 20, pause: 50 } }),
    );
    const words = fetch(server, place.at("shared"));
    const runs = await Promise.all([1, 2, 3].map(() => runCli(words, { environment: alone("") })));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    const digests = runs.map((run) => lastEvent(run, "weights")["sha256"]);
    expect(new Set(digests).size).toBe(1);
    expect(server.requests).toHaveLength(1);
  });

  it("goes on after a kill where the killed one was", async () => {
    const first = 4 * 2 ** 20;
    await using server = await localServer((request, response, number) => {
      if (number > 1) sendFile(request, response, content, { etag: '"1"' });
      else {
        response.writeHead(200, { "Content-Length": content.length, ETag: '"1"' });
        response.write(content.subarray(0, first));
      }
    });
    const folder = place.at("killed");
    const killed = runCli(fetch(server, folder), {
      environment: alone(""),
      onStart: (kill) => void killOnce(path.join(folder, `${file}.part`), first, kill),
    });
    expect((await killed).code).toBe(137);
    const run = await runCli(fetch(server, folder), { environment: alone("") });
    expect(run.code).toBe(0);
    expect(content.equals(await readFile(path.join(folder, file)))).toBe(true);
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${first}-`]);
  });
});

/** Kills a process when a file that it writes has so many bytes. */
async function killOnce(written: string, bytes: number, kill: Kill): Promise<void> {
  for (let tries = 0; tries < 5_000; tries++) {
    const facts = await stat(written).catch(() => undefined);
    if (facts !== undefined && facts.size >= bytes) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  kill("SIGKILL");
}
