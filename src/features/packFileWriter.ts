import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { syncFolder, temporaryName } from "../base/files.ts";
import { keyBytes } from "./key.ts";
import {
  checksumBytes,
  encodeHeader,
  headerRoom,
  indexChecksum,
  packEnding,
  type RowFormat,
  rowBytes,
  rowChecksum,
} from "./packFormat.ts";

/** Rows are gathered to writes of this size. */
const bufferBytes = 2 ** 20;
const mostRows = 65_536;

/**
 * One pack being written under a temporary name. Features go to disk as they come, behind room left for the header;
 * keys, checksums and the header follow in `publish`, which gives the file its name. Until then no reader sees it.
 */
export class PackFileWriter {
  /** Rows that fit. */
  readonly capacity: number;
  readonly #file: FileHandle;
  readonly #temporary: string;
  readonly #target: string;
  readonly #format: RowFormat;
  readonly #rowBytes: number;
  readonly #keys: Uint8Array;
  readonly #checksums: Uint32Array;
  readonly #buffer: Uint8Array;
  #buffered = 0;
  #written: number;
  #rows = 0;

  private constructor(
    file: FileHandle,
    temporary: string,
    target: string,
    format: RowFormat,
    capacity: number,
  ) {
    this.#file = file;
    this.#temporary = temporary;
    this.#target = target;
    this.#format = format;
    this.capacity = capacity;
    this.#rowBytes = rowBytes(format);
    this.#keys = new Uint8Array(capacity * keyBytes);
    this.#checksums = new Uint32Array(capacity);
    this.#buffer = new Uint8Array(Math.max(bufferBytes, this.#rowBytes));
    this.#written = headerRoom(format);
  }

  /** @param bytes - Size at which the pack is full; it holds at least one row. */
  static async create(folder: string, format: RowFormat, bytes: number): Promise<PackFileWriter> {
    const target = path.join(folder, `${packId()}${packEnding}`);
    const temporary = temporaryName(target);
    const file = await open(temporary, "wx");
    const fitting = Math.floor(bytes / (rowBytes(format) + keyBytes + checksumBytes));
    return new PackFileWriter(file, temporary, target, format, Math.min(mostRows, Math.max(1, fitting)));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds one row. The caller watches `capacity`. */
  async add(key: Uint8Array, feature: Uint8Array): Promise<void> {
    this.#keys.set(key, this.#rows * keyBytes);
    this.#checksums[this.#rows] = rowChecksum(key, feature);
    if (this.#buffered + feature.length > this.#buffer.length) await this.#flush();
    this.#buffer.set(feature, this.#buffered);
    this.#buffered += feature.length;
    this.#rows++;
  }

  /** Completes the file, makes it durable and gives it its name. Hands back its size in bytes. */
  async publish(): Promise<number> {
    await this.#flush();
    const keys = this.#keys.subarray(0, this.#rows * keyBytes);
    const checksums = this.#checksums.subarray(0, this.#rows);
    await this.#write(keys);
    await this.#write(new Uint8Array(checksums.buffer, 0, checksums.byteLength));
    const bytes = this.#written;
    this.#written = 0;
    await this.#write(encodeHeader(this.#format, this.#rows, indexChecksum(keys, checksums)));
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#temporary, this.#target);
    await syncFolder(path.dirname(this.#target));
    return bytes;
  }

  /** Removes the temporary file; to be called when anything above has failed. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#temporary, { force: true }).catch(() => undefined);
  }

  get path(): string {
    return this.#target;
  }

  async #flush(): Promise<void> {
    await this.#write(this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#written);
      done += bytesWritten;
      this.#written += bytesWritten;
    }
  }
}

/** Unique in any folder and process; begins with the time, so that packs sort by age. */
function packId(): string {
  return `${Date.now().toString(36).padStart(9, "0")}-${randomBytes(8).toString("hex")}`;
}
