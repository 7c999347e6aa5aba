import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { type FeatureGroup, groupDigest } from "../../src/features/key.ts";
import { evict } from "../../src/features/maintenance/evict.ts";
import { exportFeatures } from "../../src/features/maintenance/exportFeatures.ts";
import { importFeatures } from "../../src/features/maintenance/importFeatures.ts";
import { listStore } from "../../src/features/maintenance/listStore.ts";
import { mergePacks } from "../../src/features/maintenance/mergePacks.ts";
import { pruneStore } from "../../src/features/maintenance/pruneStore.ts";
import type { Removal } from "../../src/features/maintenance/removal.ts";
import { verifyStore } from "../../src/features/maintenance/verifyStore.ts";
import { FeatureStore } from "../../src/features/store.ts";
import { parseBytes } from "../../src/features/storeFolder.ts";
import type { StoreGroup } from "../../src/features/storeGroup.ts";
import { filesOf, groupWith, openGroup, rowsOf, temporaryFolder, writeRows } from "../support/featureRows.ts";

const day = 24 * 60 * 60 * 1000;
const here = groupWith().numericsClass;
const elsewhere = groupWith({ numericsClass: "engine 1, linux-arm64, neon, all" });

function packsOf(folder: string): string[] {
  return filesOf(folder)
    .filter((file) => file.endsWith(".safetensors") && !path.basename(file).startsWith("."))
    .map((file) => path.join(folder, file));
}

/** Writes packs of ten rows each, rows 0 to 9 in the first; hands back their paths in this order. */
async function writePacks(folder: string, count: number, group = groupWith()): Promise<string[]> {
  const packs: string[] = [];
  for (let pack = 0; pack < count; pack++) {
    await writeRows(await openGroup(folder, group), pack * 10, 10);
    packs.push(packsOf(folder).find((file) => file.includes(groupDigest(group)) && !packs.includes(file))!);
  }
  return packs;
}

function setUse(pack: string, daysAgo: number): void {
  const time = new Date(Date.now() - daysAgo * day);
  utimesSync(pack, time, time);
}

function presentRows(group: StoreGroup, count: number): number[] {
  return [...group.find(rowsOf(0, count).keys)].flatMap((row, image) => (row < 0 ? [] : [image]));
}

function expectRows(group: StoreGroup, first: number, count: number): void {
  const { keys, features } = rowsOf(first, count);
  const read = new Float32Array(features.length);
  group.readRows(group.find(keys), read);
  expect(read).toEqual(features);
}

function imagesOf(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => sha256(`image ${first + index}`));
}

describe("verifyStore", () => {
  it("finds every flipped bit, names the row, and the row is never used", async () => {
    const folder = temporaryFolder();
    const [pack] = await writePacks(folder, 1);
    const original = readFileSync(pack!);
    const start = 8 + Number(original.readBigUInt64LE(0));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: start * 8, max: original.length * 8 - 1 }), {
          minLength: 1,
          maxLength: 6,
        }),
        async (bits) => {
          const changed = Buffer.from(original);
          for (const bit of bits) changed[bit >> 3]! ^= 1 << (bit & 7);
          writeFileSync(pack!, changed);
          const found = await verifyStore(folder);
          // Features, then keys, then checksums: each part belongs to a row.
          const rowOf = (at: number): number =>
            at < 200
              ? Math.floor(at / 20)
              : at < 520
                ? Math.floor((at - 200) / 32)
                : Math.floor((at - 520) / 4);
          const expected = [...new Set(bits.map((bit) => rowOf((bit >> 3) - start)))].sort((a, b) => a - b);
          expect(found.badRows.map(({ row }) => row).sort((a, b) => a - b)).toEqual(expected);
          expect(found.clean).toBe(false);
          const group = await (await FeatureStore.open(folder)).group(groupWith());
          const { keys } = rowsOf(0, 10);
          while ((await group.verify(group.find(keys).filter((row) => row >= 0))) > 0);
          expect(presentRows(group, 10)).toEqual(
            [...Array(10).keys()].filter((row) => !expected.includes(row)),
          );
          for (const row of presentRows(group, 10)) expectRows(group, row, 1);
          group.close();
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it("says how much it read and passes over packs of a newer version and temporaries", async () => {
    const folder = temporaryFolder();
    const [pack, newer] = await writePacks(folder, 2);
    const text = readFileSync(newer!).toString("latin1").replace('"version":"1"', '"version":"7"');
    writeFileSync(newer!, Buffer.from(text, "latin1"));
    const temporary = path.join(path.dirname(pack!), `.tmp-${path.basename(pack!)}-0123456789ab`);
    writeFileSync(temporary, "half");
    const found = await verifyStore(folder);
    expect(found).toMatchObject({ clean: true, packs: 2, rows: 10 });
    expect(found.foreign).toEqual([{ path: newer, reason: expect.stringContaining("newer") }]);
    expect(found.temporaries.map((each) => each.path)).toEqual([temporary]);
  });

  it("finds nothing wrong where there is no store", async () => {
    expect(await verifyStore(path.join(temporaryFolder(), "none"))).toMatchObject({ clean: true, rows: 0 });
  });
});

describe("listStore", () => {
  it("tells groups with their record, rows and size", async () => {
    const folder = temporaryFolder();
    await writePacks(folder, 2);
    await writePacks(folder, 1, elsewhere);
    const { groups, rows, packs, bytes } = await listStore(folder);
    expect({ rows, packs }).toEqual({ rows: 30, packs: 3 });
    expect(bytes).toBe(packsOf(folder).reduce((sum, file) => sum + statSync(file).size, 0));
    const found = groups.find((each) => each.digest === groupDigest(groupWith()))!;
    expect(found).toMatchObject({ group: groupWith(), packs: 2, rows: 20, origins: [] });
  });
});

describe("eviction", () => {
  it("removes the packs used longest ago and keeps what was used", async () => {
    const folder = temporaryFolder();
    const packs = await writePacks(folder, 4);
    for (const [index, pack] of packs.entries()) setUse(pack, 10 - index);
    const group = await openGroup(folder);
    // Reading makes the oldest pack the one used last.
    expectRows(group, 0, 10);
    const size = statSync(packs[0]!).size;
    const removed = await evict(folder, { maxBytes: 2 * size, keep: group.usedPacks });
    expect(removed.map((each) => each.path)).toEqual([packs[1], packs[2]]);
    expect(presentRows(await openGroup(folder), 40)).toEqual([...range(0, 10), ...range(30, 40)]);
  });

  it("never removes packs that the run uses, whatever the limit", async () => {
    const folder = temporaryFolder();
    await writePacks(folder, 2);
    const store = await FeatureStore.open(folder, { maxBytes: 1 });
    const group = await store.group(groupWith());
    expectRows(group, 0, 10);
    await writeRows(group, 50, 5);
    const warnings = await store.tidy(group, groupWith());
    expect(warnings[0]).toContain("store limit reached");
    expectRows(group, 0, 10);
    expectRows(group, 50, 5);
    group.close();
    expect(packsOf(folder)).toHaveLength(2);
  });

  it("takes times after now, left by a clock that was set back, for a use just now", async () => {
    const folder = temporaryFolder();
    const packs = await writePacks(folder, 3);
    setUse(packs[0]!, 3);
    setUse(packs[1]!, -400);
    setUse(packs[2]!, 1);
    const { removed } = await pruneStore(folder, { olderThan: day / 2 });
    expect(removed.map((each) => each.path)).toEqual([packs[0], packs[2]]);
    // A use brings the time back to the present.
    expectRows(await openGroup(folder), 10, 10);
    expect(Math.abs(statSync(packs[1]!).mtimeMs - Date.now())).toBeLessThan(day);
  });
});

describe("pruneStore", () => {
  it("lists in a dry run what it would remove, and removes nothing", async () => {
    const folder = temporaryFolder();
    const packs = await writePacks(folder, 2);
    setUse(packs[0]!, 9);
    const before = filesOf(folder);
    const told: Removal[] = [];
    const options = { dryRun: true, onRemoval: (removal: Removal) => told.push(removal) };
    const planned = await pruneStore(folder, { olderThan: 5 * day }, options);
    expect(planned.removed).toEqual(told);
    expect(filesOf(folder)).toEqual(before);
    const done = await pruneStore(folder, { olderThan: 5 * day });
    expect(done.removed).toEqual(planned.removed);
    expect(packsOf(folder)).toEqual([packs[1]]);
  });

  it("names each file before it is gone", async () => {
    const folder = temporaryFolder();
    await writePacks(folder, 2);
    const there: boolean[] = [];
    const onRemoval = ({ path: file }: Removal) => there.push(packsOf(folder).includes(file));
    await pruneStore(folder, { maxBytes: 0 }, { onRemoval });
    expect(there).toEqual([true, true]);
  });

  it("removes by base: a noted name, or the beginning of a digest", async () => {
    const folder = temporaryFolder();
    await writePacks(folder, 1);
    const other = groupWith({ prefix: sha256("other prefix") });
    await writePacks(folder, 1, other);
    const store = await FeatureStore.open(folder);
    const group = await store.group(other);
    await store.tidy(group, other, "small_base");
    group.close();
    expect((await pruneStore(folder, { base: "small_base" })).rows).toBe(10);
    expect((await pruneStore(folder, { base: "abc" })).rows).toBe(0);
    expect((await pruneStore(folder, { base: groupWith().prefix.slice(0, 10) })).rows).toBe(10);
    expect((await listStore(folder)).groups).toEqual([]);
  });

  it("removes the features of a data set under any draw and keeps the others of the same pack", async () => {
    const folder = temporaryFolder();
    await writePacks(folder, 3);
    const { rows, removed } = await pruneStore(folder, { images: imagesOf(5, 15) });
    expect(rows).toBe(15);
    expect(removed).toHaveLength(2);
    const group = await openGroup(folder);
    expect(presentRows(group, 30)).toEqual([...range(0, 5), ...range(20, 30)]);
    expectRows(group, 0, 5);
    expect((await verifyStore(folder)).clean).toBe(true);
  });

  it("leaves files alone that Permafrost did not write", async () => {
    const folder = temporaryFolder();
    const [pack] = await writePacks(folder, 1);
    const home = path.dirname(pack!);
    const mine = ["notes.txt", "model.safetensors", ".tmp-mine"].map((name) => path.join(home, name));
    for (const file of mine) writeFileSync(file, "x");
    for (const file of mine) setUse(file, 900);
    writeFileSync(path.join(folder, "digests.jsonl"), "");
    await pruneStore(folder, { maxBytes: 0 });
    expect(readdirSync(home).sort()).toEqual(expect.arrayContaining(mine.map((file) => path.basename(file))));
    expect(packsOf(folder)).toEqual([mine[1]]);
  });

  it("refuses a request that names nothing", async () => {
    await expect(pruneStore(temporaryFolder(), {})).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

describe("mergePacks", () => {
  it("puts small packs together without losing a row or a use time", async () => {
    const folder = temporaryFolder();
    const packs = await writePacks(folder, 5);
    for (const pack of packs) setUse(pack, 4);
    expect(await mergePacks(folder)).toHaveLength(5);
    expect(packsOf(folder)).toHaveLength(1);
    expect(Date.now() - statSync(packsOf(folder)[0]!).mtimeMs).toBeGreaterThan(3 * day);
    expectRows(await openGroup(folder), 0, 50);
  });

  it("does not disturb a reader, even one that has to open the files again", async () => {
    const folder = temporaryFolder();
    await writePacks(folder, 4);
    const reader = await openGroup(folder);
    const rows = reader.find(rowsOf(0, 40).keys);
    await mergePacks(folder);
    reader.close();
    const { features } = rowsOf(0, 40);
    const read = new Float32Array(features.length);
    reader.readRows(rows, read);
    expect(read).toEqual(features);
    expect(reader.problems).toEqual([]);
  });

  it("leaves large packs and packs of other groups apart", async () => {
    const folder = temporaryFolder();
    await writePacks(folder, 2);
    await writePacks(folder, 2, elsewhere);
    expect(await mergePacks(folder, { packBytes: 1000 })).toEqual([]);
    await mergePacks(folder, { group: groupDigest(elsewhere) });
    expect(packsOf(folder)).toHaveLength(3);
  });
});

describe("export and import", () => {
  async function exported(group: FeatureGroup): Promise<string> {
    const folder = temporaryFolder();
    await writePacks(path.join(folder, "store"), 2, group);
    const out = path.join(folder, "out");
    await exportFeatures(path.join(folder, "store"), { out, images: imagesOf(5, 10) });
    return out;
  }

  it("carry the features of a data set to another store, once", async () => {
    const from = await exported(groupWith());
    expect(await verifyStore(from)).toMatchObject({ clean: true, rows: 10 });
    const folder = temporaryFolder();
    const request = { from, numericsClass: here };
    expect(await importFeatures(folder, request)).toMatchObject({ rows: 10, present: 0, trusted: [] });
    expect(await importFeatures(folder, request)).toMatchObject({ rows: 0, present: 10 });
    expectRows(await openGroup(folder), 5, 10);
    expect((await verifyStore(folder)).rows).toBe(10);
  });

  it("refuse features of another numerics class and write nothing", async () => {
    const from = await exported(elsewhere);
    const folder = temporaryFolder();
    await expect(importFeatures(folder, { from, numericsClass: here })).rejects.toMatchObject({
      code: "NUMERICS_MISMATCH",
      message: expect.stringMatching(/linux-arm64.*--trust-numerics/),
    });
    expect(filesOf(folder)).toEqual([]);
  });

  it("take them on the user's word, and a run that uses them can say so", async () => {
    const from = await exported(elsewhere);
    const folder = temporaryFolder();
    const result = await importFeatures(folder, { from, numericsClass: here, trustNumerics: true });
    expect(result.trusted).toEqual([elsewhere.numericsClass]);
    const group = await openGroup(folder);
    expect(group.origins).toEqual([]);
    expectRows(group, 5, 10);
    expect(group.origins).toEqual([elsewhere.numericsClass]);
    // Nothing computed here is mixed with them unnoticed, not even by merging.
    await writeRows(group, 100, 3);
    await writeRows(group, 200, 3);
    await mergePacks(folder);
    expect((await listStore(folder)).groups[0]).toMatchObject({
      packs: 2,
      origins: [elsewhere.numericsClass],
    });
  });

  it("leave damaged rows out and name them", async () => {
    const from = await exported(groupWith());
    const [pack] = packsOf(from);
    const bytes = readFileSync(pack!);
    bytes[8 + Number(bytes.readBigUInt64LE(0)) + 3 * 20]! ^= 1;
    writeFileSync(pack!, bytes);
    const folder = temporaryFolder();
    const result = await importFeatures(folder, { from, numericsClass: here });
    expect(result.rows).toBe(9);
    expect(result.problems).toEqual([expect.objectContaining({ path: pack, row: 3 })]);
    expect((await verifyStore(folder)).clean).toBe(true);
  });

  it("refuse a folder that exists and a store without such features", async () => {
    const folder = temporaryFolder();
    await writePacks(path.join(folder, "store"), 1);
    const store = path.join(folder, "store");
    await expect(exportFeatures(store, { out: folder })).rejects.toMatchObject({ code: "OUTPUT_EXISTS" });
    const out = path.join(folder, "out");
    const none = exportFeatures(store, { out, images: imagesOf(500, 3) });
    await expect(none).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(readdirSync(folder)).toEqual(["store"]);
    const empty = importFeatures(store, { from: path.join(folder, "nowhere"), numericsClass: here });
    await expect(empty).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("rounded rows", () => {
  it.each([
    ["float16", 2 ** -11],
    ["bfloat16", 2 ** -8],
  ] as const)(
    "of %s are half the size and near the exact ones, before and after reopening",
    async (dtype, error) => {
      const folder = temporaryFolder();
      const group = groupWith({ dtype });
      const opened = await openGroup(folder, group);
      await writeRows(opened, 0, 20);
      const { keys, features } = rowsOf(0, 20);
      for (const reader of [opened, await openGroup(folder, group)]) {
        const read = new Float32Array(features.length);
        reader.readRows(reader.find(keys), read);
        for (const [i, value] of read.entries()) {
          expect(Math.abs(value - features[i]!)).toBeLessThanOrEqual(error * Math.abs(features[i]!));
        }
      }
      expect((await verifyStore(folder)).clean).toBe(true);
      expect(presentRows(await openGroup(folder), 20)).toEqual([]);
    },
  );
});

describe("parseBytes", () => {
  it.each([
    ["4096", 4096],
    ["1.5 KiB", 1536],
    ["20GiB", 20 * 2 ** 30],
  ])("reads %s", (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it.each(["", "20 GB", "-1", "many"])("refuses %j", (text) => {
    expect(() => parseBytes(text)).toThrow(/expected a number with KiB/);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
