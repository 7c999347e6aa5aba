import { crc32 } from "node:zlib";
import { canonicalJson } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import { sizeOf } from "../tensor/tensor.ts";
import { type FeatureGroup, keyBytes, type StoreDtype } from "./key.ts";

/**
 * The bytes of a pack, docs/store-format.md: a safetensors file with the tensors `features` [rows, ...shape] F32 (or F16, BF16),
 * `keys` [rows, 32] U8 and `checksums` [rows] U32 in this order.
 */
const packFormat = "permafrost.features";

/** Raised when an older Permafrost could not read what is written. */
const packVersion = 1;

export const packEnding = ".safetensors";

/** Whether a file of a group's folder is named like a pack; temporary files begin with a point. */
export function isPackName(name: string): boolean {
  return name.endsWith(packEnding) && !name.startsWith(".");
}

/** Bytes of a row's checksum: the CRC-32 of its key followed by its feature. */
export const checksumBytes = 4;

const lengthBytes = 8;
/** Features start at a multiple of a page, which suits memory maps. */
const headerUnit = 4096;
const longestHeader = 2 ** 20;

/** What all packs of a group have in common. */
export interface RowFormat {
  /** Canonical JSON of the group. */
  readonly group: string;
  /** Shape of one row. */
  readonly shape: readonly number[];
  readonly dtype: StoreDtype;
  /** The numerics class that rows were computed in, where it is not the group's own: imported on the user's word. */
  readonly origin?: string;
}

const storedTypes = {
  float32: { name: "F32", bytes: 4 },
  float16: { name: "F16", bytes: 2 },
  bfloat16: { name: "BF16", bytes: 2 },
} as const;

/** What the packs of a group have in common. */
export function rowFormat(group: FeatureGroup): RowFormat {
  return { group: canonicalJson(group), shape: group.cut, dtype: group.dtype };
}

/** Bytes of one stored row. */
export function rowBytes(format: RowFormat): number {
  return sizeOf(format.shape) * storedTypes[format.dtype].bytes;
}

/** CRC-32 of a row: its key, then its feature's bytes. */
export function rowChecksum(key: Uint8Array, feature: Uint8Array): number {
  return crc32(feature, crc32(key));
}

/** CRC-32 of all keys, then all checksums: tells at opening whether they can be believed. */
export function indexChecksum(keys: Uint8Array, checksums: Uint32Array): number {
  return crc32(new Uint8Array(checksums.buffer, checksums.byteOffset, checksums.byteLength), crc32(keys));
}

/** Bytes before the first feature: the header with room for any number of rows. */
export function headerRoom(format: RowFormat): number {
  const most = headerJson(format, Number.MAX_SAFE_INTEGER, 0xffff_ffff);
  return Math.ceil((lengthBytes + Buffer.byteLength(most)) / headerUnit) * headerUnit;
}

/** The header, filled up with spaces (as safetensors allows) to `headerRoom` bytes. */
export function encodeHeader(format: RowFormat, rows: number, index: number): Uint8Array {
  const room = headerRoom(format);
  const bytes = Buffer.alloc(room, " ");
  bytes.writeBigUInt64LE(BigInt(room - lengthBytes), 0);
  bytes.write(headerJson(format, rows, index), lengthBytes, "utf8");
  return bytes;
}

function headerJson(format: RowFormat, rows: number, index: number): string {
  return JSON.stringify({
    __metadata__: {
      format: packFormat,
      version: String(packVersion),
      group: format.group,
      created: new Date().toISOString(),
      indexChecksum: String(index),
      ...(format.origin === undefined ? {} : { origin: format.origin }),
    },
    ...tensorEntries(format, rows),
  });
}

function tensorEntries(format: RowFormat, rows: number): Record<string, unknown> {
  const features = rows * rowBytes(format);
  const keys = features + rows * keyBytes;
  return {
    features: {
      dtype: storedTypes[format.dtype].name,
      shape: [rows, ...format.shape],
      data_offsets: [0, features],
    },
    keys: { dtype: "U8", shape: [rows, keyBytes], data_offsets: [features, keys] },
    checksums: { dtype: "U32", shape: [rows], data_offsets: [keys, keys + rows * checksumBytes] },
  };
}

/** What a pack's header says, checked. */
export interface PackHeader {
  readonly rows: number;
  /** Place of the first feature in the file. */
  readonly start: number;
  readonly indexChecksum: number;
  /** See `RowFormat.origin`. */
  readonly origin: string | undefined;
}

/** Number of header bytes that follow the first 8, or an error if there cannot be so many. */
export function headerLength(first8: Uint8Array, fileBytes: number): number {
  const length = first8.length < lengthBytes ? -1 : Number(Buffer.from(first8).readBigUInt64LE(0));
  if (length < 2 || length > longestHeader || length > fileBytes - lengthBytes) {
    throw damaged(`expected a header of 2 to ${longestHeader} bytes within ${fileBytes}, got ${length}`);
  }
  return length;
}

/**
 * Reads a header and holds it against the file's size and the group that it should belong to.
 *
 * @throws PermafrostError STORE_DAMAGED, or FORMAT_UNKNOWN for a newer version and for files that are not a pack of the group.
 */
export function parseHeader(json: Uint8Array, fileBytes: number, format: RowFormat): PackHeader {
  const { __metadata__: metadata, ...tensors } = parseObject(json);
  checkMetadata(metadata, format);
  const rows = rowsOf(tensors["features"]);
  if (rows < 1 || canonicalJson(tensors) !== canonicalJson(tensorEntries(format, rows))) {
    throw damaged("its tensors are not the features, keys and checksums of this group");
  }
  const start = lengthBytes + json.length;
  const expected = start + rows * (rowBytes(format) + keyBytes + checksumBytes);
  if (fileBytes !== expected) throw damaged(`expected ${expected} bytes for ${rows} rows, got ${fileBytes}`);
  const indexChecksum = Number(stringMember(metadata, "indexChecksum"));
  return { rows, start, indexChecksum, origin: stringMember(metadata, "origin") };
}

/** The JSON of the group that a header names. @throws as `parseHeader`. */
export function groupIn(json: Uint8Array): string {
  const { __metadata__: metadata } = parseObject(json);
  checkVersion(metadata);
  const group = stringMember(metadata, "group");
  if (group === undefined) throw damaged("it does not name its group");
  return group;
}

function checkMetadata(metadata: unknown, format: RowFormat): void {
  checkVersion(metadata);
  if (stringMember(metadata, "group") !== format.group) throw unknown("it belongs to another group");
}

function checkVersion(metadata: unknown): void {
  if (stringMember(metadata, "format") !== packFormat) throw unknown("it is not a pack of Permafrost");
  const version = Number(stringMember(metadata, "version"));
  if (!Number.isInteger(version) || version < 1) throw damaged("its format version cannot be read");
  if (version > packVersion) {
    throw unknown(
      `its format version ${version} is newer than ${packVersion}, the newest that this Permafrost knows`,
    );
  }
}

function parseObject(json: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
    if (isRecord(parsed)) return parsed;
  } catch {
    // Said below, like any other header that is not an object.
  }
  throw damaged("its header is not a JSON object");
}

function rowsOf(features: unknown): number {
  const shape = isRecord(features) ? features["shape"] : undefined;
  const rows: unknown = Array.isArray(shape) ? shape[0] : undefined;
  return typeof rows === "number" && Number.isSafeInteger(rows) ? rows : -1;
}

function stringMember(value: unknown, name: string): string | undefined {
  const member = isRecord(value) ? value[name] : undefined;
  return typeof member === "string" ? member : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function damaged(text: string): PermafrostError {
  return new PermafrostError("STORE_DAMAGED", `${text}.`);
}

function unknown(text: string): PermafrostError {
  return new PermafrostError("FORMAT_UNKNOWN", `${text}.`);
}
