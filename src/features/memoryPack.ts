import { PermafrostError } from "../base/errors.ts";
import { keyBytes } from "./key.ts";
import type { OpenedPack } from "./pack.ts";
import { type RowFormat, rowBytes, rowChecksum } from "./packFormat.ts";
import { encodeRows } from "./rowCodec.ts";
import type { RowWriter } from "./rowWriter.ts";

/** `Pack.place` of rows that are in no file. */
export const memoryPlace = "memory";

export interface MemoryWriterOptions {
  /** Bytes of features that may be kept. */
  readonly limit: number;
  readonly onPack: (pack: OpenedPack) => void;
}

/** Keeps rows in memory for this run, where the disk cannot take them. Every call makes one small pack. */
export class MemoryWriter implements RowWriter {
  readonly bytesWritten = 0;
  readonly #format: RowFormat;
  readonly #options: MemoryWriterOptions;
  #held = 0;

  constructor(format: RowFormat, options: MemoryWriterOptions) {
    this.#format = format;
    this.#options = options;
  }

  append(keys: Uint8Array, features: Float32Array): Promise<void> {
    this.#held += features.byteLength;
    if (this.#held > this.#options.limit) {
      return Promise.reject(
        new PermafrostError(
          "DISK_FULL",
          `feature store: the disk cannot take the features, and ${this.#held} bytes of them are more than the ${this.#options.limit} that may stay in memory. Free some space, or set PERMAFROST_STORE to another place.`,
        ),
      );
    }
    this.#options.onPack(memoryPack(this.#format, keys, features));
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function memoryPack(format: RowFormat, keys: Uint8Array, features: Float32Array): OpenedPack {
  const size = rowBytes(format);
  const bytes = encodeRows(format.dtype, features).slice();
  const rows = keys.length / keyBytes;
  const checksums = Uint32Array.from({ length: rows }, (_, row) =>
    rowChecksum(
      keys.subarray(row * keyBytes, (row + 1) * keyBytes),
      bytes.subarray(row * size, (row + 1) * size),
    ),
  );
  return {
    pack: {
      place: memoryPlace,
      rows,
      checksums,
      read: (first, into) => into.set(bytes.subarray(first * size, first * size + into.length)),
    },
    keys,
    indexIntact: true,
  };
}
