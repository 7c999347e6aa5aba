import { lstat, mkdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { hubFile } from "../../src/fetching/hub/hubFile.ts";
import { parseHubReference, showHubReference } from "../../src/fetching/hub/hubReference.ts";
import { gitDigest, hubCommit, localHub } from "../support/localHub.ts";
import { localServer, sendFile } from "../support/localServer.ts";
import { temporaryFolder } from "../support/pictures.ts";

const large = Buffer.from(Uint8Array.from({ length: 50_000 }, (_, index) => (index * 11) % 253));
const config = Buffer.from('{"model_type":"vit"}');
const preprocessor = Buffer.from('{"size":224}');
const files = {
  "README.md": Buffer.from("# model"),
  "config.json": config,
  "preprocessor_config.json": preprocessor,
  "onnx/model.onnx": large,
  "onnx/model.onnx_data": Buffer.concat([large, large]),
  "pytorch_model.bin": large,
};
const repository = "owner/vit-tiny";
const patience = { attempts: 2, firstDelay: 5 };

async function home(): Promise<string> {
  return temporaryFolder("hub");
}

describe("a reference to a file of Hugging Face", () => {
  it.each([
    ["hf:owner/name", { repository: "owner/name", revision: "main" }],
    [
      "hf:owner/name/onnx/model.onnx",
      { repository: "owner/name", file: "onnx/model.onnx", revision: "main" },
    ],
    ["hf:owner/name@v1.0", { repository: "owner/name", revision: "v1.0" }],
    ["hf:o.w-n_r/n/m.h5@refs/pr/1", { repository: "o.w-n_r/n", file: "m.h5", revision: "refs/pr/1" }],
  ])("%s is understood", (text, expected) => {
    expect(parseHubReference(text)).toEqual(expected);
    expect(parseHubReference(showHubReference(parseHubReference(text)))).toEqual(expected);
  });

  it.each([
    "hf:name",
    "hf:",
    "hf:../..",
    "hf:owner/name/../../../etc/passwd",
    "hf:owner/name/a//b",
    "hf:owner/name@../x",
    "hf:owner/na--me",
    "hf:owner/name/a\\b",
    "hf:owner/name/a\0b",
    "hf:owner/name@a@b",
  ])("%j is refused", (text) => {
    expect(() => parseHubReference(text)).toThrow("expected hf:<owner>/<repository>");
  });
});

describe("a file of Hugging Face", () => {
  it("comes with what belongs to it, into the cache as Python's tools lay it out, and then from there", async () => {
    await using server = await localHub(repository, files);
    const folder = await home();
    const environment = { HF_HOME: folder, HF_ENDPOINT: server.hub.address };
    const found = await hubFile(`hf:${repository}`, { environment });
    const cache = path.join(folder, "hub", "models--owner--vit-tiny");
    const snapshot = path.join(cache, "snapshots", hubCommit);
    expect(found).toEqual({
      path: path.join(snapshot, "onnx", "model.onnx"),
      sha256: sha256(large),
      reference: `hf:${repository}/onnx/model.onnx@${hubCommit}`,
      describing: {
        "config.json": path.join(snapshot, "config.json"),
        "preprocessor_config.json": path.join(snapshot, "preprocessor_config.json"),
      },
    });
    expect(await readFile(path.join(cache, "refs", "main"), "utf8")).toBe(hubCommit);
    expect(await readlink(found.path)).toBe(path.join("..", "..", "..", "blobs", sha256(large)));
    expect(await readFile(path.join(cache, "blobs", gitDigest(config)))).toEqual(config);
    expect(await readFile(`${found.path}_data`)).toEqual(files["onnx/model.onnx_data"]);
    await expect(lstat(path.join(snapshot, "pytorch_model.bin"))).rejects.toThrow("ENOENT");
    const asked = server.hub.requests.length;
    expect(await hubFile(`hf:${repository}/onnx/model.onnx`, { environment })).toEqual(found);
    expect(await hubFile(`hf:${repository}@${hubCommit}`, { environment, offline: true })).toEqual(found);
    expect(server.hub.requests).toHaveLength(asked);
    await hubFile(`hf:${repository}`, { environment, refresh: true });
    expect(server.hub.requests).toHaveLength(asked + 1);
  });

  it("is found where Python's tools have put it, without asking anybody", async () => {
    const folder = await home();
    const cache = path.join(folder, "models--owner--vit-tiny");
    const snapshot = path.join(cache, "snapshots", hubCommit);
    for (const place of [snapshot, path.join(cache, "refs"), path.join(cache, "blobs")])
      await mkdir(place, { recursive: true });
    await writeFile(path.join(cache, "blobs", sha256(large)), large);
    await symlink(path.join("..", "..", "blobs", sha256(large)), path.join(snapshot, "model.onnx"));
    await writeFile(path.join(cache, "refs", "main"), hubCommit);
    const environment = { HF_HUB_CACHE: folder, HF_ENDPOINT: "http://127.0.0.1:9" };
    const named = `hf:${repository}/model.onnx`;
    expect((await hubFile(named, { environment })).path).toBe(path.join(snapshot, "model.onnx"));
    const unnamed = await hubFile(`hf:${repository}`, { environment, offline: true });
    expect(unnamed.path).toBe(path.join(snapshot, "model.onnx"));
    await rm(path.join(cache, "blobs", sha256(large)));
    await writeFile(path.join(cache, "blobs", sha256(large)), "changed");
    await expect(hubFile(named, { environment })).rejects.toMatchObject({
      code: "DIGEST_MISMATCH",
    });
  });

  it("is not asked for when the network is not to be touched", async () => {
    await using server = await localHub(repository, files);
    for (const setting of [{ HF_HUB_OFFLINE: "1" }, { PERMAFROST_OFFLINE: "true" }]) {
      const environment = { HF_HOME: await home(), HF_ENDPOINT: server.hub.address, ...setting };
      await expect(hubFile(`hf:${repository}`, { environment })).rejects.toThrow(
        `it is not fetched: ${Object.keys(setting)[0]}. Where there is a network, run: permafrost weights fetch hf:${repository}@main`,
      );
    }
    expect(server.hub.requests).toEqual([]);
  });

  it("is refused before anybody is asked when it is a pickle", async () => {
    await using server = await localHub(repository, files);
    const environment = { HF_HOME: await home(), HF_ENDPOINT: server.hub.address };
    for (const more of [{}, { HF_HUB_OFFLINE: "1" }])
      await expect(
        hubFile(`hf:${repository}/pytorch_model.bin`, { environment: { ...environment, ...more } }),
      ).rejects.toMatchObject({
        code: "FORMAT_UNKNOWN",
        message: expect.stringContaining("a Python pickle, by its name"),
      });
    expect(server.hub.requests).toEqual([]);
  });

  it("is asked for with the token, which the host of its content never sees", async () => {
    await using server = await localHub(repository, files, "hf_secret");
    const ask = async (environment: Record<string, string>) =>
      hubFile(`hf:${repository}`, {
        environment: { HF_ENDPOINT: server.hub.address, ...environment },
        patience,
        refresh: true,
      });
    await expect(ask({ HF_HOME: await home() })).rejects.toThrow(/401.*set HF_TOKEN/s);
    await expect(ask({ HF_HOME: await home(), HF_TOKEN: "wrong" })).rejects.toThrow(/401.*the token in use/s);
    await ask({ HF_HOME: await home(), HF_TOKEN: "hf_secret" });
    const withFile = await home();
    await writeFile(path.join(withFile, "token"), "hf_secret\n");
    await ask({ HF_HOME: withFile });
    await expect(ask({ HF_HOME: withFile, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" })).rejects.toThrow("401");
    expect(server.store.requests.length).toBeGreaterThan(0);
    expect(server.store.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it("must have the digest that the server named", async () => {
    await using store = await localServer((request, response) =>
      sendFile(request, response, Buffer.alloc(large.length)),
    );
    await using hub = await localServer((request, response) => {
      if (request.url!.startsWith("/api/")) {
        response.end(JSON.stringify({ sha: hubCommit, siblings: [{ rfilename: "model.onnx" }] }));
      } else {
        response
          .writeHead(302, {
            "X-Repo-Commit": hubCommit,
            "X-Linked-Etag": sha256(large),
            Location: store.address,
          })
          .end();
      }
    });
    await expect(
      hubFile(`hf:${repository}`, { environment: { HF_HOME: await home(), HF_ENDPOINT: hub.address } }),
    ).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  });

  it.each([
    [
      "several models",
      { "a.onnx": large, "b.onnx": large },
      /several models: a\.onnx, b\.onnx\. Name one: hf:owner/,
    ],
    ["pickles alone", { "pytorch_model.bin": large }, /pytorch_model\.bin: pickles, which can run code/],
    ["nothing", { "README.md": config }, /no model as ONNX.*Its files: README\.md/],
  ])("of a repository with %s is not guessed", async (_name, content, message) => {
    await using server = await localHub(repository, content);
    const environment = { HF_HOME: await home(), HF_ENDPOINT: server.hub.address };
    await expect(hubFile(`hf:${repository}`, { environment })).rejects.toThrow(message);
    expect(server.store.requests).toEqual([]);
  });

  it("that is an index comes with its shards, and with none from outside", async () => {
    const index = (shard: string) => Buffer.from(JSON.stringify({ weight_map: { a: shard } }));
    const shards = {
      "model.safetensors.index.json": index("part-1.safetensors"),
      "part-1.safetensors": large,
    };
    await using server = await localHub(repository, shards);
    const environment = { HF_HOME: await home(), HF_ENDPOINT: server.hub.address };
    const found = await hubFile(`hf:${repository}`, { environment });
    expect(await readFile(path.join(path.dirname(found.path), "part-1.safetensors"))).toEqual(large);
    await using bad = await localHub(repository, { "model.safetensors.index.json": index("../../x") });
    await expect(
      hubFile(`hf:${repository}`, { environment: { HF_HOME: await home(), HF_ENDPOINT: bad.hub.address } }),
    ).rejects.toThrow("files outside of its repository");
  });

  it("brings nothing from a listing that leads out of the cache", async () => {
    const outside = "onnx/model.onnx_/../../../../../../outside";
    await using server = await localHub(repository, { "onnx/model.onnx": large, [outside]: large });
    const folder = await home();
    await hubFile(`hf:${repository}`, { environment: { HF_HOME: folder, HF_ENDPOINT: server.hub.address } });
    await expect(lstat(path.join(folder, "outside"))).rejects.toThrow("ENOENT");
    expect(
      server.hub.requests.map(({ path: asked }) => asked).filter((asked) => asked.includes("outside")),
    ).toEqual([]);
  });

  it("that is not there is told with what is", async () => {
    await using server = await localHub(repository, files);
    const environment = { HF_HOME: await home(), HF_ENDPOINT: server.hub.address };
    await expect(hubFile(`hf:${repository}/model.h5`, { environment })).rejects.toThrow(
      "the repository has no such file. It has onnx/model.onnx.",
    );
    await expect(hubFile("hf:owner/other", { environment, patience })).rejects.toThrow(
      /404.*Check the name/s,
    );
  });
});
