import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";

interface Entry {
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

interface Header {
  readonly __metadata__: Record<string, string>;
  readonly features: Entry;
  readonly keys: Entry;
  readonly checksums: Entry;
}

/**
 * Changes the lowest bit of one number of a stored feature and mends all checksums (docs/store-format.md), so that
 * nothing but computing the feature again can tell.
 *
 * @param store - Folder of a store with one pack.
 * @param row - Of the pack.
 * @param index - Of the number in the row.
 */
export function forgeFeature(store: string, row: number, index: number): void {
  const pack = onlyPack(store);
  const bytes = readFileSync(pack);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header: Header = JSON.parse(bytes.toString("utf8", 8, start));
  const { features, keys, checksums } = header;
  const part = ({ data_offsets: [from, to] }: Entry) => bytes.subarray(start + from, start + to);
  const rows = features.shape[0]!;
  const of = (whole: Buffer) =>
    whole.subarray((row * whole.length) / rows, ((row + 1) * whole.length) / rows);
  const feature = of(part(features));
  feature[4 * index]! ^= 1;
  of(part(checksums)).writeUInt32LE(crc32(feature, crc32(of(part(keys)))));
  header.__metadata__["indexChecksum"] = String(crc32(part(checksums), crc32(part(keys))));
  bytes.fill(" ", 8, start);
  bytes.write(JSON.stringify(header), 8);
  writeFileSync(pack, bytes);
}

function onlyPack(store: string): string {
  const names = readdirSync(store, { recursive: true, encoding: "utf8" });
  const packs = names.filter((name) => name.endsWith(".safetensors") && !path.basename(name).startsWith("."));
  if (packs.length !== 1) throw new Error(`expected one pack in ${store}, found ${packs.length}`);
  return path.join(store, packs[0]!);
}
