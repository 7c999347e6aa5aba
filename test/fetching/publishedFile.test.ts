import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { importFile, publishedFile } from "../../src/fetching/publishedFile.ts";
import { fetchSettings } from "../../src/fetching/settings.ts";
import { listFolder } from "../../src/fetching/weightFolder.ts";
import { localServer, sendFile } from "../support/localServer.ts";
import { temporaryFolder } from "../support/pictures.ts";

const content = Buffer.from("the weights of a network");
const other = Buffer.from("something else altogether");
const md5 = createHash("md5").update(content).digest("hex");
const known = { file: "net.h5", origin: "https://weights.example.org/net/", md5 };
const unpinned = { file: "free.h5", origin: "https://weights.example.org/net/" };

/** A folder of weights that nothing is fetched into. */
async function offline() {
  const folder = path.join(await temporaryFolder("weights"), "in", "here");
  return { folder, environment: {}, offline: true };
}

describe("the folder of weights", () => {
  it("is where the settings say, or in the system's cache", () => {
    const folderOf = (environment: Record<string, string>) => fetchSettings({ environment }).folder;
    expect(folderOf({ PERMAFROST_WEIGHTS: "/data/w" })).toBe(path.resolve("/data/w"));
    expect(fetchSettings({ environment: { PERMAFROST_WEIGHTS: "/data/w" }, folder: "/own" }).folder).toBe(
      path.resolve("/own"),
    );
    if (process.platform === "linux") {
      expect(folderOf({ XDG_CACHE_HOME: "/cache" })).toBe("/cache/permafrost/weights");
      expect(folderOf({ XDG_CACHE_HOME: "not/absolute" })).toBe(
        path.join(homedir(), ".cache", "permafrost", "weights"),
      );
    }
  });

  it("takes a file that was put there by hand, once its digest is right", async () => {
    const options = await offline();
    await mkdir(options.folder, { recursive: true });
    const place = path.join(options.folder, "net.h5");
    await writeFile(place, other);
    await expect(publishedFile(known, options)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    await writeFile(place, content);
    expect(await publishedFile(known, options)).toEqual({
      path: place,
      bytes: content.length,
      sha256: sha256(content),
      origin: "https://weights.example.org/net/net.h5",
    });
    expect((await listFolder(options.folder)).map(({ file, note }) => [file, note?.checkedBy])).toEqual([
      ["net.h5", "publisher"],
    ]);
    await writeFile(place, other);
    await expect(publishedFile(known, options)).rejects.toThrow(`expected SHA-256 ${sha256(content)}`);
    expect(await readFile(place)).toEqual(other);
  });

  it("holds a file without published digest against what it was at first", async () => {
    const options = await offline();
    await mkdir(options.folder, { recursive: true });
    const place = path.join(options.folder, "free.h5");
    await writeFile(place, content);
    expect((await publishedFile(unpinned, options)).sha256).toBe(sha256(content));
    await writeFile(place, other);
    await expect(publishedFile(unpinned, options)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    // A digest that is published later counts more than the first use.
    await expect(publishedFile({ ...unpinned, md5 }, options)).rejects.toThrow(`expected MD5 ${md5}`);
  });

  it("imports the right file under its published name, and no other", async () => {
    const options = await offline();
    const source = path.join(await temporaryFolder("downloads"), "download (1).bin");
    await writeFile(source, other);
    await expect(importFile(source, known, options)).rejects.toThrow(
      /net\.h5 has MD5 .*Get that file: https:/s,
    );
    expect(await readdir(options.folder)).toEqual([]);
    await writeFile(source, content);
    const taken = await importFile(source, known, options);
    expect(await readFile(taken.path)).toEqual(content);
    expect(await readFile(source)).toEqual(content);
    expect((await publishedFile(known, options)).sha256).toBe(sha256(content));
    await expect(importFile("no such file", known, options)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("a file that is not here", () => {
  it.each([
    [{ offline: true }, {}, "--offline"],
    [{}, { PERMAFROST_OFFLINE: "1" }, "PERMAFROST_OFFLINE"],
    [{}, { HF_HUB_OFFLINE: "TRUE" }, "HF_HUB_OFFLINE"],
    [{ offline: "because" }, {}, "because"],
  ])("is not fetched with %j and %j", async (given, environment, reason) => {
    await using server = await localServer((request, response) => sendFile(request, response, content));
    const { folder } = await offline();
    const fetching = publishedFile(known, { folder, mirror: server.address, ...given, environment });
    await expect(fetching).rejects.toThrow(
      `net.h5 (size not known, MD5 ${md5}) is not in ${folder}, and it is not fetched: ${reason}.`,
    );
    expect(server.requests).toEqual([]);
  });

  it("is fetched where --offline is taken back, from the mirror in place of its origin", async () => {
    await using server = await localServer((request, response) => sendFile(request, response, content));
    const { folder } = await offline();
    const environment = { PERMAFROST_OFFLINE: "1", PERMAFROST_WEIGHTS_MIRROR: `${server.address}/all` };
    await publishedFile(known, { folder, environment, offline: false });
    expect(server.requests.map(({ path: asked }) => asked)).toEqual(["/all/net.h5"]);
  });

  it("is not fetched when neither a digest nor the connection says that it is the right one", async () => {
    const { folder } = await offline();
    const fetching = publishedFile(unpinned, {
      folder,
      environment: {},
      mirror: "http://weights.example.org/",
    });
    await expect(fetching).rejects.toThrow("is not encrypted, so nothing would tell");
    expect(() => fetchSettings({ environment: {}, mirror: "ftp://example.org" })).toThrow(
      "expected the address",
    );
  });
});
