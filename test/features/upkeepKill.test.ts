import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { Random } from "../../src/base/random.ts";
import { rowKeys } from "../../src/features/key.ts";
import { importFeatures } from "../../src/features/maintenance/importFeatures.ts";
import { mergePacks } from "../../src/features/maintenance/mergePacks.ts";
import { pruneStore } from "../../src/features/maintenance/pruneStore.ts";
import { verifyStore } from "../../src/features/maintenance/verifyStore.ts";
import { groupWith, openGroup, temporaryFolder } from "../support/featureRows.ts";

/** Kills in each of the three kinds of upkeep; a longer run sets PERMAFROST_KILLS. */
const rounds = Number(process.env["PERMAFROST_KILLS"] ?? 4);
const images = 210;
const child = fileURLToPath(new URL("../support/storeChild.js", import.meta.url));

function start(...words: string[]): ChildProcess {
  const process_ = spawn(process.execPath, [child, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, FEATURE_GROUP: JSON.stringify(groupWith()) },
  });
  onTestFinished(() => {
    process_.kill("SIGKILL");
  });
  return process_;
}

/** Kills the child a few milliseconds after it has begun. */
async function killSoon(process_: ChildProcess, random: Random, most: number): Promise<void> {
  const ended = once(process_, "exit");
  await once(process_.stdout!, "data");
  await new Promise((resolve) => setTimeout(resolve, random.integer(most)));
  process_.kill("SIGKILL");
  await ended;
}

/** A store of 30 small packs with the rows of `images` images. */
async function smallPacks(): Promise<string> {
  const folder = temporaryFolder();
  const [code] = await once(start("rows", folder, "0", String(images)), "exit");
  expect(code).toBe(0);
  return folder;
}

async function present(folder: string): Promise<boolean[]> {
  const found = await verifyStore(folder);
  expect(found.badRows).toEqual([]);
  expect(found.badPacks).toEqual([]);
  const group = await openGroup(folder);
  const keys = rowKeys(
    Array.from({ length: images }, (_, i) => ({ image: sha256(`image ${i}`), draw: "none" as const })),
  );
  const rows = group.find(keys);
  const feature = new Float32Array(5);
  for (const [image, row] of rows.entries()) {
    if (row < 0) continue;
    group.readRows([row], feature);
    expect([...feature]).toEqual(Array.from(keys.subarray(image * 32, image * 32 + 5), (byte) => byte / 256));
  }
  return Array.from(rows, (row) => row >= 0);
}

const all = Array<boolean>(images).fill(true);

describe("kill -9", () => {
  it("while packs are merged loses no row", async () => {
    const original = await smallPacks();
    const random = new Random(1, "merge");
    for (let round = 0; round < rounds; round++) {
      const folder = path.join(temporaryFolder(), "store");
      cpSync(original, folder, { recursive: true, preserveTimestamps: true });
      await killSoon(start("merge", folder), random, 25);
      expect(await present(folder)).toEqual(all);
      await mergePacks(folder);
      expect(await present(folder)).toEqual(all);
      const packs = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
        /[/\\][^./\\][^/\\]*\.safetensors$/.test(name),
      );
      expect(packs).toHaveLength(1);
    }
  }, 600_000);

  it("while a data set is pruned removes nothing else, and the next prune finishes", async () => {
    const original = await smallPacks();
    const random = new Random(2, "prune");
    const unwanted = Array.from({ length: 100 }, (_, i) => sha256(`image ${50 + i}`));
    for (let round = 0; round < rounds; round++) {
      const folder = path.join(temporaryFolder(), "store");
      cpSync(original, folder, { recursive: true, preserveTimestamps: true });
      await killSoon(start("prune", folder, "50", "100"), random, 40);
      const left = await present(folder);
      expect(left.filter((_, image) => image < 50 || image >= 150)).not.toContain(false);
      await pruneStore(folder, { images: unwanted });
      expect(await present(folder)).toEqual(all.map((_, image) => image < 50 || image >= 150));
    }
  }, 600_000);

  it("while features are imported leaves good rows, and the next import finishes", async () => {
    const from = await smallPacks();
    const random = new Random(3, "import");
    for (let round = 0; round < rounds; round++) {
      const folder = temporaryFolder();
      await killSoon(start("import", folder, from), random, 60);
      const before = (await present(folder)).filter(Boolean).length;
      const result = await importFeatures(folder, { from, numericsClass: groupWith().numericsClass });
      expect(result).toMatchObject({ rows: images - before, present: before });
      expect(await present(folder)).toEqual(all);
    }
  }, 600_000);
});
