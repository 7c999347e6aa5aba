import { sha256 } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import { type FeatureGroup, keyBytes, parseGroup } from "../key.ts";
import type { OpenFiles } from "../openFiles.ts";
import { type OpenedPack, openPack, readHeaderText } from "../pack.ts";
import { groupIn, parseHeader, type RowFormat, rowBytes, rowChecksum, rowFormat } from "../packFormat.ts";
import type { PackFile } from "./packFiles.ts";

/** What a pack says of itself. */
export interface PackRecord {
  readonly file: PackFile;
  readonly group: FeatureGroup;
  readonly format: RowFormat;
  readonly rows: number;
}

/**
 * Reads a pack's header without knowing its group.
 *
 * @throws PermafrostError STORE_DAMAGED or FORMAT_UNKNOWN with the reason, the latter for newer versions and foreign files.
 */
export function readRecord(file: PackFile, files: OpenFiles): PackRecord {
  const { json, bytes } = readHeaderText(file.path, files);
  const text = groupIn(json);
  if (sha256(text) !== file.group) {
    throw new PermafrostError("FORMAT_UNKNOWN", "it lies in a folder of another group.");
  }
  const group = parseGroup(text);
  const header = parseHeader(json, bytes, rowFormat(group));
  const origin = header.origin === undefined ? {} : { origin: header.origin };
  return { file, group, format: { ...rowFormat(group), ...origin }, rows: header.rows };
}

/** A pack whose rows can be read as they are stored. */
export interface StoredPack extends PackRecord, Omit<OpenedPack, "pack"> {
  /** Rows whose bytes are not as written, found so far. */
  readonly damaged: Set<number>;
  /** Reads rows in pieces, each held against its checksum; damaged ones are noted and still handed over. */
  pieces(): Generator<Piece>;
}

export interface Piece {
  readonly first: number;
  readonly rows: number;
  /** [rows, row bytes] */
  readonly stored: Uint8Array;
}

const pieceBytes = 4 * 2 ** 20;

/** Opens a pack to be read whole. @throws as `readRecord`. */
export function openStored(file: PackFile, files: OpenFiles): StoredPack {
  const record = readRecord(file, files);
  const opened = openPack(file.path, record.format, files);
  const damaged = new Set<number>();
  return { ...record, ...opened, damaged, pieces: () => piecesOf(record, opened, damaged) };
}

function* piecesOf(
  { format, rows }: PackRecord,
  { pack, keys }: OpenedPack,
  damaged: Set<number>,
): Generator<Piece> {
  const size = rowBytes(format);
  const most = Math.max(1, Math.floor(pieceBytes / size));
  const buffer = new Uint8Array(Math.min(most, rows) * size);
  for (let first = 0; first < rows; first += most) {
    const count = Math.min(most, rows - first);
    const stored = buffer.subarray(0, count * size);
    pack.read(first, stored);
    for (let index = 0; index < count; index++) {
      const sum = rowChecksum(keyOf(keys, first + index), stored.subarray(index * size, (index + 1) * size));
      if (sum !== pack.checksums[first + index]) damaged.add(first + index);
    }
    yield { first, rows: count, stored };
  }
}

/** The key of a row. */
export function keyOf(keys: Uint8Array, row: number): Uint8Array {
  return keys.subarray(row * keyBytes, (row + 1) * keyBytes);
}
