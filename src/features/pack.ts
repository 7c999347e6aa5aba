import { fstatSync, readSync } from "node:fs";
import { messageOf, PermafrostError } from "../base/errors.ts";
import { keyBytes } from "./key.ts";
import type { OpenFiles } from "./openFiles.ts";
import {
  checksumBytes,
  headerLength,
  indexChecksum,
  type PackHeader,
  parseHeader,
  type RowFormat,
  rowBytes,
} from "./packFormat.ts";

/** Rows that never change any more. */
export interface Pack {
  /** The file, or "memory". */
  readonly place: string;
  readonly rows: number;
  /** See `RowFormat.origin`. */
  readonly origin?: string | undefined;
  /** [rows] */
  readonly checksums: Uint32Array;
  /**
   * Reads consecutive rows; `into` says how many.
   *
   * @throws PermafrostError STORE_DAMAGED when the file ends too early or cannot be read.
   */
  read(first: number, into: Uint8Array): void;
}

/** A pack and what its reader takes over from it. */
export interface OpenedPack {
  readonly pack: Pack;
  /** [rows, 32]; kept in the group's index only. */
  readonly keys: Uint8Array;
  /** Whether keys and checksums are known to be as they were written; else each row must be checked before it is found. */
  readonly indexIntact: boolean;
}

/** The header's JSON and the size of the file. @throws as `openPack`. */
export function readHeaderText(
  path: string,
  files: OpenFiles,
): { readonly json: Uint8Array; readonly bytes: number } {
  const file = files.descriptor(path);
  const bytes = fstatSync(file).size;
  const length = headerLength(readAt(file, 0, Math.min(8, bytes)), bytes);
  return { json: readAt(file, 8, length), bytes };
}

/**
 * Opens a pack file: its header, keys and checksums are read now, its features when they are wanted.
 *
 * @throws PermafrostError STORE_DAMAGED or FORMAT_UNKNOWN with the reason.
 */
export function openPack(path: string, format: RowFormat, files: OpenFiles): OpenedPack {
  // The file stays open where possible: then its rows can be read even if another process removes it.
  const { json, bytes } = readHeaderText(path, files);
  return packOf(path, parseHeader(json, bytes, format), files.descriptor(path), format, files);
}

function packOf(
  path: string,
  header: PackHeader,
  file: number,
  format: RowFormat,
  files: OpenFiles,
): OpenedPack {
  const size = rowBytes(format);
  const { rows, start } = header;
  const index = readAt(file, start + rows * size, rows * (keyBytes + checksumBytes));
  const keys = index.subarray(0, rows * keyBytes);
  // A copy, so that the keys can be forgotten.
  const checksums = new Uint32Array(index.buffer.slice(rows * keyBytes));
  return {
    pack: {
      place: path,
      rows,
      origin: header.origin,
      checksums,
      read: (first, into) => readInto(descriptorOf(path, files), start + first * size, into, path),
    },
    keys,
    indexIntact: indexChecksum(keys, checksums) === header.indexChecksum,
  };
}

/** A pack may have been removed since it was opened. */
function descriptorOf(path: string, files: OpenFiles): number {
  try {
    return files.descriptor(path);
  } catch (error) {
    const text = `${path}: cannot be read any more (${messageOf(error)}). Run again: missing features are computed anew.`;
    throw new PermafrostError("STORE_DAMAGED", text, { cause: error });
  }
}

function readAt(file: number, position: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  readInto(file, position, bytes, "header");
  return bytes;
}

function readInto(file: number, position: number, into: Uint8Array, place: string): void {
  let done = 0;
  while (done < into.length) {
    const read = readSync(file, into, done, into.length - done, position + done);
    if (read === 0) {
      throw new PermafrostError(
        "STORE_DAMAGED",
        `${place}: expected ${into.length} bytes at ${position}, the file ends after ${done}. Run again: missing features are computed anew.`,
      );
    }
    done += read;
  }
}
