import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { PermafrostError, systemCode } from "../base/errors.ts";

/** Bytes that can be read in any order: a file, a part of one, or what was unpacked into memory. */
export interface ByteSource {
  /** The file, and the part of it, for messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /**
   * Some bytes for a header's reader; only to be looked at.
   *
   * @throws PermafrostError WEIGHTS_INVALID when they do not all lie in the source. Nothing is allocated before that is known.
   */
  bytes(offset: number, length: number): Uint8Array;
  /** Elements, into memory that starts at the beginning of its buffer: fresh, or the given. Throws like `bytes`. */
  load(offset: number, length: number, memory?: ReadingMemory): Promise<Uint8Array<ArrayBuffer>>;
}

/** Memory that one tensor after the other is read into: filling pages that are new takes longer than copying a file's bytes. */
export class ReadingMemory {
  #bytes = new Uint8Array(0);

  /** So many bytes; what was there before is lost. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length < length) this.#bytes = new Uint8Array(length);
    return this.#bytes.subarray(0, length);
  }
}

/** A window that goes on where the last one ended, and one somewhere else: between weights lie a few bytes each. */
const windowBytes = { next: 1 << 16, elsewhere: 1 << 12 } as const;

/** A file on disk. Headers are read through a window of 4 to 64 KiB, elements straight into their memory. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly #descriptor: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #handle: Promise<FileHandle> | undefined;
  #isClosed = false;

  /** @throws PermafrostError NOT_FOUND, NOT_READABLE. */
  constructor(path: string) {
    this.name = path;
    try {
      this.#descriptor = openSync(path, "r");
    } catch (error) {
      throw unreadable(path, error);
    }
    const stat = fstatSync(this.#descriptor);
    if (!stat.isFile()) {
      closeSync(this.#descriptor);
      throw new PermafrostError("NOT_READABLE", `${path}: expected a file, got something else.`);
    }
    this.size = stat.size;
  }

  bytes(offset: number, length: number): Uint8Array {
    checkRange(this, offset, length);
    const inside = offset - this.#windowStart;
    if (inside >= 0 && inside + length <= this.#window.length) {
      return this.#window.subarray(inside, inside + length);
    }
    const isNext = inside >= 0 && inside <= this.#window.length;
    const least = isNext ? windowBytes.next : windowBytes.elsewhere;
    const wanted = Math.min(Math.max(length, least), this.size - offset);
    const read = this.#readNow(offset, wanted);
    if (length > windowBytes.next) return read;
    this.#window = read;
    this.#windowStart = offset;
    return read.subarray(0, length);
  }

  async load(offset: number, length: number, memory?: ReadingMemory): Promise<Uint8Array<ArrayBuffer>> {
    checkRange(this, offset, length);
    this.#checkOpen();
    this.#handle ??= open(this.name, "r");
    const handle = await this.#handle;
    const into = memory?.take(length) ?? new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(into, done, length - done, offset + done);
      if (bytesRead === 0) throw shorter(this.name);
      done += bytesRead;
    }
    return into;
  }

  /** Closes the file. Reading afterwards throws. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#descriptor);
    await (await this.#handle)?.close();
  }

  #readNow(offset: number, length: number): Uint8Array {
    this.#checkOpen();
    const into = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const read = readSync(this.#descriptor, into, done, length - done, offset + done);
      if (read === 0) throw shorter(this.name);
      done += read;
    }
    return into;
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new PermafrostError("INVALID_ARGUMENT", `${this.name}: it is closed already.`);
  }
}

/** A part of another source, for example a file that lies uncompressed in an archive. */
export function sliceOf(source: ByteSource, name: string, start: number, size: number): ByteSource {
  checkRange(source, start, size);
  const slice: ByteSource = {
    name,
    size,
    bytes(offset, length) {
      checkRange(slice, offset, length);
      return source.bytes(start + offset, length);
    },
    async load(offset, length, memory) {
      checkRange(slice, offset, length);
      return source.load(start + offset, length, memory);
    },
  };
  return slice;
}

/** Bytes in memory. */
export function memorySource(name: string, content: Uint8Array): ByteSource {
  const source: ByteSource = {
    name,
    size: content.length,
    bytes(offset, length) {
      checkRange(source, offset, length);
      return content.subarray(offset, offset + length);
    },
    async load(offset, length) {
      return new Uint8Array(source.bytes(offset, length));
    },
  };
  return source;
}

/** The error of a damaged file: where and what. */
export function damaged(where: string, what: string, cause?: unknown): PermafrostError {
  return new PermafrostError(
    "WEIGHTS_INVALID",
    `${where}: ${what}. The file may be truncated or damaged; write or download it again.`,
    { details: { path: where }, cause },
  );
}

/** The error of a sound file with something in it that is not read. */
export function unsupported(where: string, what: string): PermafrostError {
  return new PermafrostError("WEIGHTS_INVALID", `${where}: ${what}.`, { details: { path: where } });
}

function checkRange(source: ByteSource, offset: number, length: number): void {
  const isSound = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!isSound || offset + length > source.size) {
    throw damaged(
      source.name,
      `${length} bytes at byte ${offset} are pointed at, but it has ${source.size} bytes`,
    );
  }
}

function shorter(name: string): PermafrostError {
  return damaged(name, "it became shorter while it was read");
}

function unreadable(path: string, error: unknown): PermafrostError {
  const code = systemCode(error);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new PermafrostError("NOT_FOUND", `${path}: there is no such file.`, { cause: error });
  }
  return new PermafrostError("NOT_READABLE", `${path}: it cannot be read (${code ?? String(error)}).`, {
    cause: error,
  });
}
