import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { sha256 } from "../../src/base/digest.ts";
import { Random } from "../../src/base/random.ts";
import { type FeatureGroup, rowKeys } from "../../src/features/key.ts";
import { FeatureStore, type StoreOptions } from "../../src/features/store.ts";
import type { StoreGroup } from "../../src/features/storeGroup.ts";

/** A group for tests; `part` replaces some of its members. */
export function groupWith(part: Partial<FeatureGroup> = {}): FeatureGroup {
  return {
    decode: "decode-1",
    resize: "resize-1",
    preprocessing: { height: 8, width: 8, scale: 1 },
    prefix: sha256("prefix"),
    cut: [5],
    numericsClass: "engine 1, linux-x64, avx2, all",
    dtype: "float32",
    ...part,
  };
}

/** Row keys and features of the images number `first` to `first + count - 1`; the numbers follow from the image. */
export function rowsOf(
  first: number,
  count: number,
  length = 5,
): { keys: Uint8Array; features: Float32Array } {
  const numbers = Array.from({ length: count }, (_, index) => first + index);
  const features = new Float32Array(count * length);
  for (const [index, number] of numbers.entries()) {
    const random = new Random(7, "feature", number);
    for (let i = 0; i < length; i++) features[index * length + i] = random.uniform(-1, 1);
  }
  return {
    keys: rowKeys(numbers.map((number) => ({ image: sha256(`image ${number}`), draw: "none" }))),
    features,
  };
}

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "permafrost-features-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Opens a group of the store in a folder; it is closed after the test. */
export async function openGroup(
  folder: string,
  group: FeatureGroup = groupWith(),
  options: StoreOptions = {},
): Promise<StoreGroup> {
  const store = await FeatureStore.open(folder, options);
  const opened = await store.group(group);
  onTestFinished(() => opened.close());
  return opened;
}

/** Writes rows as one run would. */
export async function writeRows(group: StoreGroup, first: number, count: number): Promise<void> {
  const { keys, features } = rowsOf(first, count);
  const writer = group.writer();
  await writer.append(keys, features);
  await writer.close();
}

/** The files of a store, relative to it. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}
