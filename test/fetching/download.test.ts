import { createHash } from "node:crypto";
import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { ProgressEvent } from "../../src/base/progress.ts";
import { publishedFile } from "../../src/fetching/publishedFile.ts";
import type { FetchOptions } from "../../src/fetching/settings.ts";
import { type LocalServer, localServer, type SeenRequest, sendFile } from "../support/localServer.ts";
import { temporaryFolder } from "../support/pictures.ts";

const content = Buffer.from(
  Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) % 251),
);
const changed = Buffer.from(content.map((value) => 255 - value));
const md5 = createHash("md5").update(content).digest("hex");
const sha256 = createHash("sha256").update(content).digest("hex");

interface Try {
  readonly server: LocalServer;
  readonly folder: string;
  readonly notes: readonly string[];
  readonly progress: readonly ProgressEvent[];
  fetch(file?: {
    readonly md5?: string;
    readonly sha256?: string;
    readonly bytes?: number;
  }): ReturnType<typeof publishedFile>;
}

/** Fetches a file from a server with the given ways, in a folder of its own. */
async function trying(server: LocalServer, options: FetchOptions = {}): Promise<Try> {
  const folder = await temporaryFolder("fetching");
  const notes: string[] = [];
  const progress: ProgressEvent[] = [];
  const settings: FetchOptions = {
    folder,
    environment: {},
    patience: { attempts: 4, firstDelay: 5, silence: 10_000 },
    onNote: (text) => notes.push(text),
    onProgress: (event) => progress.push(event),
    ...options,
  };
  return {
    server,
    folder,
    notes,
    progress,
    fetch: (file = { md5 }) =>
      publishedFile({ file: "w.h5", origin: `${server.address}/`, ...file }, settings),
  };
}

/** What is left of tries that failed. */
async function leftIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort();
}

/** Where a request wants the file to begin; undefined: it wants all of it. */
function rangeBegin({ headers }: SeenRequest): number | undefined {
  const [, begin] = /^bytes=(\d+)-$/.exec(headers.range ?? "") ?? [];
  return begin === undefined ? undefined : Number(begin);
}

describe("a download", () => {
  it("gives the file its name once it is whole and right, and then leaves the server alone", async () => {
    await using server = await localServer((request, response) => sendFile(request, response, content));
    const { fetch, folder, progress } = await trying(server);
    const found = await fetch();
    expect(found).toMatchObject({ path: path.join(folder, "w.h5"), bytes: content.length, sha256 });
    expect(await readFile(found.path)).toEqual(content);
    expect(progress.at(-1)).toMatchObject({
      phase: "fetch",
      done: content.length,
      total: content.length,
      unit: "bytes",
    });
    await fetch();
    expect(server.requests.map(({ path: asked }) => asked)).toEqual(["/w.h5"]);
    expect(await leftIn(folder)).toEqual(["w.h5", "w.h5.note.json"]);
  });

  it("goes on where the connection broke", async () => {
    await using server = await localServer((request, response, number) =>
      sendFile(request, response, content, { etag: '"a"', ...(number < 3 ? { breakAfter: 140_000 } : {}) }),
    );
    const { fetch, notes, progress } = await trying(server);
    expect((await fetch()).sha256).toBe(sha256);
    const [first, second, third] = server.requests.map(rangeBegin);
    expect(first).toBeUndefined();
    // What the connection still held when it broke is not counted on.
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThanOrEqual(140_000);
    expect(third).toBeGreaterThan(second!);
    expect(server.requests).toHaveLength(3);
    expect(server.requests[1]!.headers["if-range"]).toBe('"a"');
    expect(notes).toHaveLength(2);
    expect(progress.at(-1)?.done).toBe(content.length);
  });

  it("begins anew where the server knows no ranges", async () => {
    await using server = await localServer((request, response, number) =>
      sendFile(request, response, content, {
        ranges: false,
        ...(number === 1 ? { breakAfter: 140_000 } : {}),
      }),
    );
    expect((await (await trying(server)).fetch()).sha256).toBe(sha256);
  });

  it("begins anew when the file has changed between two pieces, with and without a server that heeds If-Range", async () => {
    for (const ignoring of [false, true]) {
      await using server = await localServer((request, response, number) => {
        if (ignoring) delete request.headers["if-range"];
        if (number === 1) sendFile(request, response, changed, { etag: '"old"', breakAfter: 140_000 });
        else sendFile(request, response, content, { etag: '"new"' });
      });
      expect((await (await trying(server)).fetch()).sha256).toBe(sha256);
    }
  });

  it("fetches the whole once more when pieces of two files were put together unseen", async () => {
    await using server = await localServer((request, response, number) => {
      if (number === 1) sendFile(request, response, changed, { breakAfter: 140_000 });
      else sendFile(request, response, content);
    });
    const { fetch, notes } = await trying(server);
    expect((await fetch()).sha256).toBe(sha256);
    expect(notes.at(-1)).toContain("the pieces do not make the file");
    const [first, second, third] = server.requests.map(rangeBegin);
    expect([first, third]).toEqual([undefined, undefined]);
    expect(second).toBeGreaterThan(0);
  });

  it("refuses other bytes, and keeps none of them", async () => {
    await using server = await localServer((request, response) => sendFile(request, response, changed));
    const { fetch, folder } = await trying(server);
    await expect(fetch()).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    await expect(fetch()).rejects.toThrow(
      new RegExp(
        `w\\.h5: .*300000 bytes of MD5 .*expected size not known, MD5 ${md5}.*permafrost weights import w\\.h5`,
        "s",
      ),
    );
    expect(await leftIn(folder)).toEqual([]);
  });

  it.each([
    [403, "not allowed", 1],
    [404, "not there", 1],
    [416, "that part is not there", 1],
    [500, "the server has a problem", 4],
    [429, "too many requests", 4],
  ])(
    "answered %i ends with an error that says so, the file, its digest and what to do",
    async (status, meaning, tries) => {
      await using server = await localServer((_request, response) => response.writeHead(status).end());
      const { fetch, folder } = await trying(server);
      const failure = await fetch().catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "FETCH_FAILED", details: { status } });
      expect(String(failure)).toContain(`${status} (${meaning})`);
      expect(String(failure)).toContain(`w.h5 (size not known, MD5 ${md5})`);
      expect(String(failure)).toContain(`get ${server.address}/w.h5 and run: permafrost weights import w.h5`);
      expect(server.requests).toHaveLength(tries);
      expect(await leftIn(folder)).toEqual([]);
    },
  );

  it("waits as long as the server asks, and no longer than a minute", async () => {
    await using server = await localServer((request, response, number) => {
      if (number === 1) response.writeHead(429, { "Retry-After": "0" }).end();
      else if (number === 2) sendFile(request, response, content);
      else response.writeHead(503, { "Retry-After": "3600" }).end();
    });
    const first = await trying(server);
    await first.fetch();
    expect(first.notes[0]).toContain("Trying again in 0.0 s");
    await expect((await trying(server)).fetch()).rejects.toThrow("asks to wait for 3600 s");
  });

  it("drops a connection that has gone silent, and tries again", async () => {
    await using server = await localServer((request, response, number) => {
      if (number === 1)
        response.writeHead(200, { "Content-Length": content.length }).write(content.subarray(0, 1000));
      else sendFile(request, response, content);
    });
    const { fetch, notes } = await trying(server, { patience: { firstDelay: 5, silence: 1000 } });
    expect((await fetch()).sha256).toBe(sha256);
    expect(notes[0]).toContain("was silent for 1 s");
  });

  it("takes slow pieces for no silence", async () => {
    await using server = await localServer((request, response) =>
      sendFile(request, response, content, { slow: { bytes: 25_000, pause: 100 } }),
    );
    const { fetch, notes } = await trying(server, { patience: { silence: 1000 } });
    expect((await fetch()).sha256).toBe(sha256);
    expect(notes).toEqual([]);
  });

  it("does not believe a wrong length: too long a one, too short a one, one that is not the file's", async () => {
    await using tooLong = await localServer((_request, response) => {
      response.writeHead(200, { "Content-Length": content.length + 10 });
      response.write(content, () => setTimeout(() => response.destroy(), 20));
    });
    await expect((await trying(tooLong)).fetch()).rejects.toMatchObject({ code: "FETCH_FAILED" });
    await using tooShort = await localServer((_request, response) => {
      response.writeHead(200, { "Content-Length": 1000 });
      response.end(content.subarray(0, 1000));
    });
    await expect((await trying(tooShort)).fetch()).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    await using huge = await localServer((_request, response) => {
      response.writeHead(200, { "Content-Length": 2 ** 50 }).write("x");
    });
    await expect((await trying(huge)).fetch()).rejects.toThrow("more than the");
    await expect((await trying(tooShort)).fetch({ md5, bytes: content.length })).rejects.toThrow(
      "has 1000 bytes, expected 300000",
    );
  });

  it("stops a stream without length that does not end at the file's size", async () => {
    await using server = await localServer((_request, response) => {
      const more = () => response.write(content, () => setTimeout(more, 1));
      more();
    });
    await expect((await trying(server)).fetch({ md5, bytes: content.length })).rejects.toThrow(
      "sent more than the 300000 bytes",
    );
  });

  it("is stopped by the signal, and the next one goes on from there", async () => {
    await using server = await localServer((request, response, number) =>
      sendFile(request, response, content, {
        etag: '"a"',
        ...(number === 1 ? { slow: { bytes: 50_000, pause: 50 } } : {}),
      }),
    );
    const controller = new AbortController();
    const { fetch, folder } = await trying(server, {
      signal: controller.signal,
      onProgress: ({ done }) => done >= 50_000 && controller.abort(),
    });
    await expect(fetch()).rejects.toMatchObject({ code: "INTERRUPTED" });
    const second = await trying(server, { folder });
    expect((await second.fetch()).sha256).toBe(sha256);
    expect(server.requests[1]!.headers.range).toMatch(/^bytes=\d{5,}-$/);
  });

  it("resumes nothing of a file without digest whose server names no version", async () => {
    await using server = await localServer((request, response, number) =>
      sendFile(request, response, content, number === 1 ? { breakAfter: 140_000 } : {}),
    );
    expect((await (await trying(server)).fetch({})).sha256).toBe(sha256);
    expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
  });

  it("takes over the lock of a process that was killed", async () => {
    await using server = await localServer((request, response) => sendFile(request, response, content));
    const { fetch, folder } = await trying(server);
    const lock = path.join(folder, "w.h5.lock");
    await writeFile(lock, "not even JSON");
    await utimes(lock, new Date(0), new Date(0));
    expect((await fetch()).sha256).toBe(sha256);
  });
});

describe("redirects", () => {
  it("are followed to other hosts, within reason", async () => {
    await using store = await localServer((request, response) => sendFile(request, response, content));
    await using server = await localServer(({ url }, response) => {
      const next = { "/w.h5": "/next", "/next": `${store.address}/blob?signature=1` }[url!] ?? "";
      response.writeHead(302, { Location: next }).end();
    });
    expect((await (await trying(server)).fetch()).sha256).toBe(sha256);
    await using circle = await localServer(({ url }, response) =>
      response.writeHead(302, { Location: url === "/w.h5" ? "/other" : "/w.h5" }).end(),
    );
    await expect((await trying(circle)).fetch()).rejects.toThrow("redirects in a circle");
    await using chain = await localServer((_request, response, number) =>
      response.writeHead(307, { Location: `/${number}` }).end(),
    );
    await expect((await trying(chain)).fetch()).rejects.toThrow("more than 10 times");
    await using file = await localServer((_request, response) =>
      response.writeHead(302, { Location: "file:///etc/passwd" }).end(),
    );
    await expect((await trying(file)).fetch()).rejects.toThrow("is not followed");
  });

  it("take no name and password to another host", async () => {
    await using store = await localServer((request, response) => sendFile(request, response, content));
    await using server = await localServer((_request, response) =>
      response.writeHead(302, { Location: `${store.address}/blob` }).end(),
    );
    const mirror = server.address.replace("//", "//name:secret@");
    await (await trying(server, { mirror })).fetch();
    expect(server.requests[0]!.headers.authorization).toBe(
      `Basic ${Buffer.from("name:secret").toString("base64")}`,
    );
    expect(store.requests[0]!.headers.authorization).toBeUndefined();
  });
});
