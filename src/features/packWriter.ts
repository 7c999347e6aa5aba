import { mkdir } from "node:fs/promises";
import path from "node:path";
import { messageOf, PermafrostError } from "../base/errors.ts";
import { explainWriteError, syncFolder } from "../base/files.ts";
import { keyBytes } from "./key.ts";
import { PackFileWriter } from "./packFileWriter.ts";
import { type RowFormat, rowBytes } from "./packFormat.ts";
import { encodeRows } from "./rowCodec.ts";
import type { RowWriter } from "./rowWriter.ts";

export interface PackWriterOptions {
  /** Size of a full pack in bytes. */
  readonly packBytes: number;
  /** Told of each finished pack. */
  readonly onPack: (path: string) => void;
}

/** Writes rows into one pack after the other. A crash loses at most the pack being written. */
export class PackWriter implements RowWriter {
  readonly #folder: string;
  readonly #format: RowFormat;
  readonly #options: PackWriterOptions;
  #pack: PackFileWriter | undefined;
  #last: Promise<void> = Promise.resolve();
  #failure: unknown;
  #bytesWritten = 0;

  constructor(folder: string, format: RowFormat, options: PackWriterOptions) {
    this.#folder = folder;
    this.#format = format;
    this.#options = options;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  append(keys: Uint8Array, features: Float32Array): Promise<void> {
    return this.#inTurn(() => this.#append(keys, encodeRows(this.#format.dtype, features)));
  }

  /** Adds rows as they are stored elsewhere, [n, row bytes]. */
  appendStored(keys: Uint8Array, stored: Uint8Array): Promise<void> {
    return this.#inTurn(() => this.#append(keys, stored));
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#publish());
  }

  /** After a failure every later call fails as well: the rows lost would go unnoticed otherwise. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#last.then(async () => {
      if (this.#failure !== undefined) throw this.#failure;
      try {
        await task();
      } catch (error) {
        await this.#pack?.discard();
        this.#pack = undefined;
        this.#failure = explainFailure(error, this.#folder);
        throw this.#failure;
      }
    });
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #append(keys: Uint8Array, bytes: Uint8Array): Promise<void> {
    const size = rowBytes(this.#format);
    for (let row = 0; row < keys.length / keyBytes; row++) {
      this.#pack ??= await this.#begin();
      await this.#pack.add(
        keys.subarray(row * keyBytes, (row + 1) * keyBytes),
        bytes.subarray(row * size, (row + 1) * size),
      );
      if (this.#pack.rows === this.#pack.capacity) await this.#publish();
    }
  }

  async #begin(): Promise<PackFileWriter> {
    const made = await mkdir(this.#folder, { recursive: true });
    if (made !== undefined) await syncFolder(path.dirname(made));
    return PackFileWriter.create(this.#folder, this.#format, this.#options.packBytes);
  }

  async #publish(): Promise<void> {
    if (this.#pack === undefined) return;
    this.#bytesWritten += await this.#pack.publish();
    const { path: finished } = this.#pack;
    this.#pack = undefined;
    this.#options.onPack(finished);
  }
}

function explainFailure(error: unknown, folder: string): unknown {
  const explained = explainWriteError(error, folder);
  if (explained instanceof PermafrostError) return explained;
  return new PermafrostError(
    "STORE_DAMAGED",
    `${folder}: the feature store could not be written (${messageOf(error)}). Check the disk and the folder's permissions, or set PERMAFROST_STORE to another place.`,
    { cause: error, details: { path: folder } },
  );
}
