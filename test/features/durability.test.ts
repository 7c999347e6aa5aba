import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { Random } from "../../src/base/random.ts";
import { extractFeatures } from "../../src/features/extract.ts";
import { rowKeys } from "../../src/features/key.ts";
import { FeatureStore } from "../../src/features/store.ts";
import type { StoreGroup } from "../../src/features/storeGroup.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { side, smallPrefix, smallPreprocessing, writePictures } from "../support/extraction.ts";
import { filesOf, groupWith, openGroup, rowsOf, temporaryFolder, writeRows } from "../support/featureRows.ts";
import { makeReadOnly, mountSmallDisk } from "../support/smallDisk.ts";

const child = fileURLToPath(new URL("../support/storeChild.js", import.meta.url));

function startChild(...args: readonly string[]): ChildProcess {
  const env = { ...process.env, FEATURE_GROUP: JSON.stringify(groupWith()) };
  return spawn(process.execPath, [child, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
}

async function lineFrom(process: ChildProcess, text: string): Promise<void> {
  for await (const chunk of process.stdout!) if (String(chunk).includes(text)) return;
}

/** Holds every row that is there against its key; hands back which of images 0 to `count - 1` are there. */
async function goodRows(group: StoreGroup, count: number): Promise<number> {
  const keys = rowKeys(
    Array.from({ length: count }, (_, i) => ({ image: sha256(`image ${i}`), draw: "none" })),
  );
  const rows = group.find(keys);
  const found = rows.filter((row) => row >= 0);
  expect(await group.verify(found)).toBe(0);
  const feature = new Float32Array(5);
  for (const [image, row] of rows.entries()) {
    if (row < 0) continue;
    group.readRows([row], feature);
    expect([...feature]).toEqual(Array.from(keys.subarray(image * 32, image * 32 + 5), (byte) => byte / 256));
  }
  return found.length;
}

function pixelsPrefix(): Graph {
  const g = new GraphBuilder();
  return g.build([g.input("image", { dtype: "float32", shape: ["batch", 3, side, side] }, { kind: "data" })]);
}

describe("several processes", () => {
  it("write one store at the same time", async () => {
    const folder = temporaryFolder();
    const children = [startChild("rows", folder, "0", "300"), startChild("rows", folder, "150", "300")];
    const codes = await Promise.all(children.map(async (process) => (await once(process, "exit"))[0]));
    expect(codes).toEqual([0, 0]);
    const group = await openGroup(folder);
    expect(group.problems).toEqual([]);
    expect(group.rows).toBe(600);
    expect(await goodRows(group, 450)).toBe(450);
  });
});

describe("kill -9", () => {
  it("leaves a clean store at any moment of writing", async () => {
    const folder = temporaryFolder();
    const random = new Random(11, "kill");
    for (let round = 0; round < 8; round++) {
      const process = startChild("rows", folder, "0", "60000");
      await lineFrom(process, "started");
      await new Promise((resolve) => setTimeout(resolve, random.integer(60)));
      process.kill("SIGKILL");
      await once(process, "exit");
      const group = await openGroup(folder);
      expect(group.problems).toEqual([]);
      await goodRows(group, 300);
    }
    const strays = filesOf(folder).filter((file) => !file.endsWith(".safetensors"));
    expect(strays.every((file) => path.basename(file).startsWith(".tmp-"))).toBe(true);
    expect(strays.length).toBeLessThanOrEqual(8);
  });

  it("in the middle of an extraction costs at most the pack being written", async () => {
    const folder = temporaryFolder();
    const store = path.join(folder, "store");
    const views = await writePictures(path.join(folder, "pictures"), 60);
    writeFileSync(path.join(folder, "pictures.json"), JSON.stringify(views));
    const process = startChild("pictures", store, path.join(folder, "pictures.json"));
    await lineFrom(process, "done 12");
    process.kill("SIGKILL");
    await once(process, "exit");
    const prefix = pixelsPrefix();
    const options = { views, prefix, preprocessing: smallPreprocessing, workers: 1 };
    const finished = await extractFeatures({ ...options, store: await FeatureStore.open(store) });
    expect(finished.problems).toEqual([]);
    expect(finished.forwards.reused).toBeGreaterThanOrEqual(5);
    expect(finished.forwards.computed + finished.forwards.reused).toBe(60);
    const fresh = await extractFeatures({ ...options, store: FeatureStore.inMemory() });
    const rows = Array.from({ length: 60 }, (_, row) => row);
    const [a, b] = [finished, fresh].map(({ table }) => {
      const all = new Float32Array(60 * 3 * side * side);
      table.read(rows, all);
      table.close();
      return all;
    });
    expect(a).toEqual(b);
  });
});

describe("a full disk", () => {
  it("stops the writer with DISK_FULL and leaves nothing half-written", async ({ skip }) => {
    const folder = temporaryFolder();
    const obstacle = mountSmallDisk(folder, 256 * 1024);
    if (obstacle !== undefined) return skip(obstacle);
    const group = await openGroup(folder, groupWith({ cut: [1000] }), { packBytes: 100_000 });
    const writer = group.writer();
    const { keys, features } = rowsOf(0, 100, 1000);
    await expect(writer.append(keys, features)).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining(folder),
    });
    await expect(writer.append(keys, features)).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(filesOf(folder).every((file) => file.endsWith(".safetensors"))).toBe(true);
    const reopened = await openGroup(folder, groupWith({ cut: [1000] }));
    expect(reopened.problems).toEqual([]);
    expect(reopened.rows).toBeGreaterThan(0);
  });

  it("lets an extraction finish in memory, and says so", async ({ skip }) => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, "store"));
    const obstacle = mountSmallDisk(path.join(folder, "store"), 256 * 1024);
    if (obstacle !== undefined) return skip(obstacle);
    const views = await writePictures(path.join(folder, "pictures"), 60);
    const result = await extractFeatures({
      views,
      prefix: pixelsPrefix(),
      preprocessing: smallPreprocessing,
      store: await FeatureStore.open(path.join(folder, "store"), { packBytes: 64 * 1024 }),
      workers: 1,
    });
    onTestFinished(() => result.table.close());
    expect(result.table.rows).toBe(60);
    expect(result.warnings).toEqual([expect.stringMatching(/no space left.*kept in memory/)]);
    result.table.read([59, 0, 30], new Float32Array(3 * 3 * side * side));
  });
});

describe("a store that disappears or cannot be written", () => {
  it("is read where it is read-only, and new features last for the run", async ({ skip }) => {
    const folder = temporaryFolder();
    const obstacle = mountSmallDisk(folder, 1024 * 1024);
    if (obstacle !== undefined) return skip(obstacle);
    await writeRows(await openGroup(folder), 0, 5);
    makeReadOnly(folder);
    const store = await FeatureStore.open(folder);
    expect(store.warnings).toEqual([expect.stringContaining("kept for this run only")]);
    const group = await store.group(groupWith());
    onTestFinished(() => group.close());
    await writeRows(group, 5, 5);
    expect([...group.find(rowsOf(0, 10).keys)]).toEqual([...Array(10).keys()]);
    group.readRows(group.find(rowsOf(0, 10).keys), new Float32Array(50));
  });

  it("costs no result when it is removed while an extraction runs", async () => {
    const folder = temporaryFolder();
    const store = path.join(folder, "store");
    const views = await writePictures(path.join(folder, "pictures"), 40);
    let removed = 0;
    const result = await extractFeatures({
      views,
      prefix: smallPrefix({ pool: false }),
      preprocessing: smallPreprocessing,
      store: await FeatureStore.open(store, { packBytes: 5 * 6200 }),
      workers: 1,
      batchSize: 4,
      onProgress: ({ done }) => {
        if (done < 12 || removed > 0) return;
        removed = readdirSync(store).length;
        rmSync(store, { recursive: true });
      },
    });
    onTestFinished(() => result.table.close());
    expect(removed).toBeGreaterThan(0);
    expect(result.table.rows).toBe(40);
    // Between two packs nobody notices: the folder is made anew.
    for (const warning of result.warnings) expect(warning).toContain("could not be written");
    result.table.read([...Array(40).keys()], new Float32Array(40 * 24 * 64));
  });
});
