import { readFileSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  filesOf,
  groupWith,
  openGroup,
  rowsOf,
  temporaryFolder,
  writeRows,
} from "../../test/support/featureRows.ts";
import { groupDigest } from "./key.ts";
import { FeatureStore } from "./store.ts";
import type { StoreGroup } from "./storeGroup.ts";

/** Reads the rows of images `first` to `first + count - 1` and holds them against what was written. */
function expectRows(group: StoreGroup, first: number, count: number): void {
  const { keys, features } = rowsOf(first, count);
  const rows = group.find(keys);
  expect(rows).not.toContain(-1);
  const read = new Float32Array(features.length);
  group.readRows(rows, read);
  expect(read).toEqual(features);
}

function onlyPack(folder: string): string {
  const files = filesOf(folder);
  expect(files).toHaveLength(1);
  return path.join(folder, files[0]!);
}

function changeByte(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 0x10;
  writeFileSync(file, bytes);
}

/** Place of the first feature: behind the length and the header. */
function startOf(file: string): number {
  return 8 + Number(readFileSync(file).readBigUInt64LE(0));
}

describe("FeatureStore", () => {
  it("finds what was written, in the same object and after reopening", async () => {
    const folder = temporaryFolder();
    const group = await openGroup(folder);
    await writeRows(group, 0, 40);
    expectRows(group, 0, 40);
    const reopened = await openGroup(folder);
    expect(reopened.rows).toBe(40);
    expect(reopened.problems).toEqual([]);
    expectRows(reopened, 0, 40);
    expect([...reopened.find(rowsOf(40, 2).keys)]).toEqual([-1, -1]);
  });

  it("keeps rows under features-v1/<digest of the group> in safetensors files", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 3);
    const [file] = filesOf(folder);
    expect(path.dirname(file!)).toBe(path.join("features-v1", groupDigest(groupWith())));
    expect(file).toMatch(/\.safetensors$/);
  });

  it("reads rows in any order and with repetitions", async () => {
    const group = await openGroup(temporaryFolder());
    await writeRows(group, 0, 50);
    const order = Array.from({ length: 60 }, (_, index) => (index * 37) % 50);
    const rows = Int32Array.from(order, (number) => group.find(rowsOf(number, 1).keys)[0]!);
    const read = new Float32Array(order.length * 5);
    group.readRows(rows, read);
    for (const [index, number] of order.entries()) {
      expect(read.subarray(index * 5, index * 5 + 5)).toEqual(rowsOf(number, 1).features);
    }
  });

  it("begins a new pack when one is full", async () => {
    const folder = temporaryFolder();
    const group = await openGroup(folder, groupWith(), { packBytes: 10 * (20 + 36) });
    await writeRows(group, 0, 25);
    expect(filesOf(folder)).toHaveLength(3);
    expectRows(group, 0, 25);
    expectRows(await openGroup(folder), 0, 25);
  });

  it("keeps groups apart", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 3);
    const other = await openGroup(folder, groupWith({ decode: "decode-2" }));
    expect([...other.find(rowsOf(0, 3).keys)]).toEqual([-1, -1, -1]);
  });

  it("reports a truncated pack and does not use it", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 10);
    const pack = onlyPack(folder);
    truncateSync(pack, readFileSync(pack).length - 1);
    const group = await openGroup(folder);
    expect(group.rows).toBe(0);
    expect(group.problems).toEqual([
      { path: pack, reason: expect.stringMatching(/expected \d+ bytes for 10 rows/) },
    ]);
  });

  it.each([0, 3, 7, 100])("reports a pack cut down to %i bytes", async (bytes) => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 10);
    truncateSync(onlyPack(folder), bytes);
    const group = await openGroup(folder);
    expect(group.rows).toBe(0);
    expect(group.problems).toHaveLength(1);
  });

  it("finds a changed bit in a feature, names the row and counts it as missing", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 10);
    const pack = onlyPack(folder);
    changeByte(pack, startOf(pack) + 3 * 20 + 7);
    const group = await openGroup(folder);
    const { keys } = rowsOf(0, 10);
    expect(await group.verify(group.find(keys))).toBe(1);
    expect(group.problems).toEqual([{ path: pack, row: 3, reason: expect.stringContaining("checksum") }]);
    expect([...group.find(keys)].map((row) => row < 0)).toEqual(
      Array.from({ length: 10 }, (_, i) => i === 3),
    );
  });

  it("checks a row also when it is read without being verified before", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 10);
    const pack = onlyPack(folder);
    changeByte(pack, startOf(pack));
    const group = await openGroup(folder);
    const rows = group.find(rowsOf(0, 1).keys);
    expect(() => group.readRows(rows, new Float32Array(5))).toThrow(/STORE_DAMAGED|checksums/);
    expect([...group.find(rowsOf(0, 1).keys)]).toEqual([-1]);
  });

  it("uses a row written anew in place of a damaged one, also in later runs", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 10);
    const pack = onlyPack(folder);
    changeByte(pack, startOf(pack) + 3 * 20);
    for (const run of ["repairing", "later"]) {
      const group = await openGroup(folder);
      const { keys } = rowsOf(0, 10);
      while ((await group.verify(group.find(keys).filter((row) => row >= 0))) > 0);
      if (run === "repairing") await writeRows(group, 3, 1);
      expectRows(group, 0, 10);
    }
  });

  it("finds a changed byte of a pack wherever it lies", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 4);
    const pack = onlyPack(folder);
    const original = readFileSync(pack);
    const json = original.toString("utf8", 8, startOf(pack)).trimEnd();
    const created = json.indexOf('"created"');
    const { keys, features } = rowsOf(0, 4);
    const store = await FeatureStore.open(folder);
    const places = [...Array(8 + json.length).keys(), ...range(startOf(pack), original.length)];
    for (const place of places.filter(
      (each) => each % 5 === 0 || (each % 2 === 0 && each >= startOf(pack)),
    )) {
      // The time of writing is for people and decides nothing.
      if (place >= 8 + created && place < 8 + created + 40) continue;
      const changed = Buffer.from(original);
      changed[place]! ^= 0x04;
      writeFileSync(pack, changed);
      const group = await store.group(groupWith());
      await group.verify(group.find(keys).filter((row) => row >= 0));
      const found = group.find(keys);
      expect(group.problems.length, `byte ${place}`).toBeGreaterThan(0);
      const read = new Float32Array(5);
      for (const [index, row] of found.entries()) {
        if (row < 0) continue;
        group.readRows([row], read);
        expect(read).toEqual(features.subarray(index * 5, index * 5 + 5));
      }
      group.close();
    }
  });

  it("leaves a pack of a newer version alone and says so", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 2);
    const pack = onlyPack(folder);
    const text = readFileSync(pack).toString("latin1").replace('"version":"1"', '"version":"2"');
    writeFileSync(pack, Buffer.from(text, "latin1"));
    const group = await openGroup(folder);
    expect(group.rows).toBe(0);
    expect(group.problems).toEqual([
      { path: pack, reason: expect.stringContaining("version 2 is newer than 1") },
    ]);
    expect(filesOf(folder)).toHaveLength(1);
  });

  it("refuses a pack that was copied from another group", async () => {
    const folder = temporaryFolder();
    const other = groupWith({ numericsClass: "engine 2, linux-x64, avx2, all" });
    await writeRows(await openGroup(folder, other), 0, 2);
    const home = path.join(folder, "features-v1", groupDigest(groupWith()));
    await mkdir(home, { recursive: true });
    writeFileSync(path.join(home, "copied.safetensors"), readFileSync(onlyPack(folder)));
    const group = await openGroup(folder);
    expect(group.rows).toBe(0);
    expect(group.problems[0]!.reason).toContain("another group");
  });

  it("passes over files that are not packs and removes temporaries older than a day", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 2);
    const home = path.dirname(onlyPack(folder));
    for (const name of [".tmp-old", ".tmp-new", "notes.txt"]) writeFileSync(path.join(home, name), "x");
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    utimesSync(path.join(home, ".tmp-old"), twoDaysAgo, twoDaysAgo);
    const group = await openGroup(folder);
    expect(group.problems).toEqual([
      { path: path.join(home, ".tmp-old"), reason: expect.stringContaining("removed") },
    ]);
    expect(filesOf(home)).toEqual(expect.arrayContaining([".tmp-new", "notes.txt"]));
    expect(filesOf(home)).not.toContain(".tmp-old");
    expectRows(group, 0, 2);
  });

  it("writes no file when there are no rows", async () => {
    const folder = temporaryFolder();
    await (await openGroup(folder)).writer().close();
    expect(filesOf(folder)).toEqual([]);
  });

  it.skipIf(process.platform === "win32")("goes on reading a pack that was removed meanwhile", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 2);
    const group = await openGroup(folder);
    await rm(path.join(folder, "features-v1"), { recursive: true });
    expectRows(group, 0, 2);
  });

  it("says that a row is gone when its pack was removed and had been closed", async () => {
    const folder = temporaryFolder();
    await writeRows(await openGroup(folder), 0, 2);
    const group = await openGroup(folder);
    group.close();
    await rm(path.join(folder, "features-v1"), { recursive: true });
    const { keys } = rowsOf(0, 2);
    expect(await group.verify(group.find(keys))).toBe(2);
    expect([...group.find(keys)]).toEqual([-1, -1]);
  });

  it("keeps rows in memory in a store without a folder", async () => {
    const group = await FeatureStore.inMemory().group(groupWith());
    await writeRows(group, 0, 7);
    await writeRows(group, 7, 3);
    expect(group.inMemory).toBe(true);
    expectRows(group, 0, 10);
  });

  it("refuses to keep more in memory than allowed", async () => {
    const group = await FeatureStore.inMemory({ memoryLimit: 100 }).group(groupWith());
    await expect(writeRows(group, 0, 7)).rejects.toMatchObject({ code: "DISK_FULL" });
  });

  it("falls back to memory where the folder cannot be made, and says so", async () => {
    const file = path.join(temporaryFolder(), "file");
    writeFileSync(file, "");
    const store = await FeatureStore.open(file);
    expect(store.warnings).toEqual([expect.stringContaining("kept for this run only")]);
    const group = await store.group(groupWith());
    await writeRows(group, 0, 3);
    expectRows(group, 0, 3);
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
