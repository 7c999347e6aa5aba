import { chmod, readFile, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { temporaryTree } from "../../test/support/temporaryTree.ts";
import { sha256 } from "../base/digest.ts";
import type { ProgressEvent } from "../base/progress.ts";
import { digestSamples } from "./digests.ts";
import { openDataset } from "./openDataset.ts";
import { withoutSkipped } from "./problems.ts";

const old = new Date("2020-01-02T03:04:05Z");

/** Two classes of files that were last changed long ago, so that their digests may be remembered. */
async function oldFiles(tree: Record<string, string>) {
  const root = await temporaryTree(tree);
  for (const name of Object.keys(tree)) await utimes(`${root}/${name}`, old, old);
  return { root, dataset: await openDataset(root) };
}

describe("digestSamples", () => {
  it("gives the SHA-256 of each file and counts them", async () => {
    const { root, dataset } = await oldFiles({ "a/1.jpg": "one", "b/2.jpg": "two" });
    const events: ProgressEvent[] = [];
    const { digests, skipped } = await digestSamples(dataset.samples, {
      onProgress: (event) => events.push(event),
    });
    expect([...digests]).toEqual([
      [`${root}/a/1.jpg`, sha256("one")],
      [`${root}/b/2.jpg`, sha256("two")],
    ]);
    expect(skipped).toEqual([]);
    expect(events.at(-1)).toEqual({ phase: "digest", done: 2, total: 2, unit: "images" });
  });

  it("skips empty files and files that have gone", async () => {
    const { root, dataset } = await oldFiles({
      "a/0.jpg": "",
      "a/1.jpg": "one",
      "b/2.jpg": "two",
      "b/3.jpg": "x",
    });
    await unlink(`${root}/b/3.jpg`);
    const { digests, skipped } = await digestSamples(dataset.samples);
    expect(digests.size).toBe(2);
    expect(skipped).toEqual([
      { path: `${root}/a/0.jpg`, reason: "empty file (0 bytes)" },
      { path: `${root}/b/3.jpg`, reason: "does not exist any more, or its name is not valid UTF-8" },
    ]);
  });

  it("takes a remembered digest while path, size, time and inode are the same", async () => {
    const { root, dataset } = await oldFiles({ "a/1.jpg": "one", "b/2.jpg": "two" });
    const cacheFile = `${root}/digests.jsonl`;
    await digestSamples(dataset.samples, { cacheFile });
    const forged = sha256("forged");
    await writeFile(cacheFile, (await readFile(cacheFile, "utf8")).replaceAll(sha256("one"), forged));
    const path = `${root}/a/1.jpg`;
    expect((await digestSamples(dataset.samples, { cacheFile })).digests.get(path)).toBe(forged);
    await writeFile(path, "ONE");
    expect((await digestSamples(dataset.samples, { cacheFile })).digests.get(path)).toBe(sha256("ONE"));
  });

  it("does not remember a file that was changed just now: a second change could leave no trace", async () => {
    const { root, dataset } = await oldFiles({ "a/1.jpg": "one", "b/2.jpg": "two" });
    const now = new Date();
    await utimes(`${root}/a/1.jpg`, now, now);
    await digestSamples(dataset.samples, { cacheFile: `${root}/digests.jsonl` });
    const lines = (await readFile(`${root}/digests.jsonl`, "utf8")).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).path)).toEqual([`${root}/b/2.jpg`]);
  });

  it("reads again what a damaged cache file has lost", async () => {
    const { root, dataset } = await oldFiles({ "a/1.jpg": "one", "b/2.jpg": "two" });
    await writeFile(`${root}/digests.jsonl`, '{"path":"x","si\n[1]\nnull\n{"path":1}\n\u0000');
    const { digests } = await digestSamples(dataset.samples, { cacheFile: `${root}/digests.jsonl` });
    expect([...digests.values()]).toEqual([sha256("one"), sha256("two")]);
  });

  it("stops when asked and keeps what it has", async () => {
    const tree = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`${i % 2 ? "a" : "b"}/${i}.jpg`, `${i}`]),
    );
    const { root, dataset } = await oldFiles(tree);
    const stop = new AbortController();
    const cacheFile = `${root}/digests.jsonl`;
    const work = digestSamples(dataset.samples, {
      cacheFile,
      signal: stop.signal,
      concurrency: 2,
      onProgress: ({ done }) => done === 5 && stop.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: "INTERRUPTED" });
    expect((await stat(cacheFile)).size).toBeGreaterThan(0);
  });
});

describe("withoutSkipped", () => {
  it("names a class that loses its last image", async () => {
    const { root, dataset } = await oldFiles({ "a/0.jpg": "", "b/2.jpg": "two" });
    const { skipped } = await digestSamples(dataset.samples);
    expect(() => withoutSkipped(dataset, skipped)).toThrow(
      `${root}: class "a" has no readable image; all of its files were skipped, for example a/0.jpg: empty file (0 bytes). ` +
        "Replace the damaged files or remove the class.",
    );
  });

  it("moves unreadable files from the samples to the skipped ones", async () => {
    const { dataset } = await oldFiles({ "a/0.jpg": "", "a/1.jpg": "one", "b/2.jpg": "two" });
    const { skipped } = await digestSamples(dataset.samples);
    const readable = withoutSkipped(dataset, skipped);
    expect(readable.samples.map(({ name }) => name)).toEqual(["a/1.jpg", "b/2.jpg"]);
    expect(readable.skipped).toEqual(skipped);
  });
});

describe.skipIf(process.getuid === undefined)("without permission (needs a system with user numbers)", () => {
  /** Root may read everything, so the look is taken as another user. */
  async function asNobody<T>(work: () => Promise<T>): Promise<T> {
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.(65534);
    try {
      return await work();
    } finally {
      if (user === 0) process.seteuid?.(0);
    }
  }

  it("names a folder that cannot be listed", async () => {
    const { root } = await oldFiles({ "a/1.jpg": "one", "b/2.jpg": "two" });
    await chmod(root, 0o755);
    await chmod(`${root}/b`, 0o000);
    await expect(asNobody(() => openDataset(root))).rejects.toMatchObject({
      code: "NOT_READABLE",
      message: `${root}/b: no permission to read it. Give this user the right to read it, or leave it out of the data folder.`,
    });
    await chmod(`${root}/b`, 0o700);
  });

  it("skips a file that cannot be read", async () => {
    const { root, dataset } = await oldFiles({ "a/1.jpg": "one", "b/2.jpg": "two" });
    await chmod(root, 0o755);
    await chmod(`${root}/b/2.jpg`, 0o000);
    expect((await asNobody(() => digestSamples(dataset.samples))).skipped).toEqual([
      { path: `${root}/b/2.jpg`, reason: "no permission to read it" },
    ]);
  });
});
