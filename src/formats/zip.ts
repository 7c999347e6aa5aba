import { promisify } from "node:util";
import { constants, crc32, inflateRaw, inflateRawSync } from "node:zlib";
import { type ByteSource, damaged, sliceOf, unsupported } from "./byteSource.ts";

const inflate = promisify(inflateRaw);

/** One file in an archive. */
export interface ZipMember {
  readonly name: string;
  /** Bytes when unpacked. */
  readonly size: number;
  /** The content where it lies, if it is stored uncompressed; `verify` holds it against its checksum. */
  readonly stored: ByteSource | undefined;
  /** Reads a stored content through once, a megabyte at a time. @throws PermafrostError WEIGHTS_INVALID for another CRC-32. */
  verify(): Promise<void>;
  /** The first bytes of the content: at least `length` or all of it. */
  head(length: number): Uint8Array;
  /** The whole content, its length and CRC-32 checked. */
  content(): Promise<Uint8Array<ArrayBuffer>>;
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
}

const endRecord = { signature: 0x06054b50, bytes: 22 } as const;
const centralRecord = { signature: 0x02014b50, bytes: 46 } as const;
const localRecord = { signature: 0x04034b50, bytes: 30 } as const;

/**
 * Lists a zip archive without unpacking anything. Refused: members that overlap, that share a name, whose names lead out of a
 * folder, that are encrypted, and those that would unpack to more than three times the archive and 16 MiB (a bomb; trained
 * weights shrink by a tenth).
 *
 * @throws PermafrostError WEIGHTS_INVALID.
 */
export function readZip(source: ByteSource): ReadonlyMap<string, ZipMember> {
  const entries = readEntries(source);
  const members = new Map<string, ZipMember>();
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.header - b.header)) {
    const { name, header } = entry;
    const label = `${source.name}: member ${JSON.stringify(name)}`;
    if (header < end) throw damaged(label, "it overlaps the one before it");
    const start = contentStart(source, entry, label);
    end = start + entry.packed;
    if (members.has(name)) throw damaged(label, "its name is there twice");
    members.set(name, memberOf(sliceOf(source, label, start, entry.packed), entry, source.size));
  }
  return new Map(entries.map(({ name }) => [name, members.get(name)!]));
}

function readEntries(source: ByteSource): Entry[] {
  const { count, offset, bytes } = readEnd(source);
  const directory = source.bytes(offset, bytes);
  const view = new DataView(directory.buffer, directory.byteOffset, directory.length);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count; ) {
    const isThere = at + centralRecord.bytes <= bytes && view.getUint32(at, true) === centralRecord.signature;
    if (!isThere)
      throw damaged(source.name, `its list of members breaks off after ${entries.length} of ${count}`);
    const nameBytes = view.getUint16(at + 28, true);
    const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const nameStart = at + centralRecord.bytes;
    if (nameStart + nameBytes > bytes) throw damaged(source.name, "a member's name breaks off");
    const name = new TextDecoder().decode(directory.subarray(nameStart, nameStart + nameBytes));
    checkName(name, view.getUint16(at + 8, true), source.name);
    entries.push({
      name,
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      header: view.getUint32(at + 42, true),
    });
    at = nameStart + nameBytes + rest;
  }
  return entries;
}

/** The record at the archive's end, behind which only a comment may stand. */
function readEnd(source: ByteSource): {
  readonly count: number;
  readonly offset: number;
  readonly bytes: number;
} {
  const length = Math.min(source.size, endRecord.bytes + 0xffff);
  const tail = source.bytes(source.size - length, length);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  for (let at = tail.length - endRecord.bytes; at >= 0; at--) {
    if (view.getUint32(at, true) !== endRecord.signature) continue;
    const count = view.getUint16(at + 10, true);
    const offset = view.getUint32(at + 16, true);
    if (count === 0xffff || offset === 0xffff_ffff) {
      throw unsupported(source.name, "a zip archive over 4 GB or with 65,535 members or more is not read");
    }
    return { count, offset, bytes: view.getUint32(at + 12, true) };
  }
  throw damaged(source.name, "the end of its zip archive is missing");
}

function checkName(name: string, flags: number, where: string): void {
  const parts = name.split(/[\\/]/);
  if (parts.includes("..") || parts[0] === "" || /^[a-z]:/i.test(name) || name.includes("\0")) {
    throw damaged(where, `its member ${JSON.stringify(name)} leads out of the archive's folder`);
  }
  if ((flags & 1) === 1) throw unsupported(where, `its member ${JSON.stringify(name)} is encrypted`);
}

function contentStart(source: ByteSource, { header }: Entry, label: string): number {
  const record = source.bytes(header, localRecord.bytes);
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  if (view.getUint32(0, true) !== localRecord.signature)
    throw damaged(label, `nothing of it is at byte ${header}`);
  return header + localRecord.bytes + view.getUint16(26, true) + view.getUint16(28, true);
}

function memberOf(packed: ByteSource, { name, method, crc, size }: Entry, archiveBytes: number): ZipMember {
  const label = packed.name;
  if (method !== 0 && method !== 8)
    throw unsupported(label, `compression method ${method}; only deflate is read`);
  if (method === 0 && size !== packed.size)
    throw damaged(label, `${packed.size} bytes stored, ${size} announced`);
  if (size > 3 * archiveBytes + 2 ** 24) {
    throw damaged(label, `${packed.size} bytes would unpack to ${size}: no weights shrink that much`);
  }
  const check = (content: Uint8Array<ArrayBuffer>) => {
    if (content.length !== size) throw damaged(label, `${content.length} bytes unpacked, ${size} announced`);
    if (crc32(content) !== crc) throw wrongChecksum(label);
    return content;
  };
  return {
    name,
    size,
    stored: method === 0 ? packed : undefined,
    head: (length) =>
      method === 0 ? packed.bytes(0, Math.min(length, size)) : inflateHead(packed, length, size),
    async verify() {
      if (method === 0 && (await checksumOf(packed)) !== crc) throw wrongChecksum(label);
    },
    async content() {
      const bytes = await packed.load(0, packed.size);
      return check(method === 0 ? bytes : await unpack(bytes, size, label));
    },
  };
}

const pieceBytes = 2 ** 20;

async function checksumOf(source: ByteSource): Promise<number> {
  let value = 0;
  for (let at = 0; at < source.size; at += pieceBytes) {
    value = crc32(await source.load(at, Math.min(pieceBytes, source.size - at)), value);
  }
  return value;
}

function wrongChecksum(label: string) {
  return damaged(label, "its checksum (CRC-32) is another one");
}

async function unpack(bytes: Uint8Array, size: number, label: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const content = await inflate(bytes, { maxOutputLength: Math.max(1, size) });
    // What zlib hands out may share a pool; elements need a buffer of their own.
    return content.byteOffset === 0 && content.buffer instanceof ArrayBuffer
      ? new Uint8Array(content.buffer, 0, content.length)
      : new Uint8Array(content);
  } catch (error) {
    throw damaged(label, "it cannot be unpacked to the announced size", error);
  }
}

/** Deflate gives at most 1,032 bytes for one. */
function inflateHead(packed: ByteSource, length: number, size: number): Uint8Array {
  try {
    const some = packed.bytes(0, Math.min(packed.size, length + 1024));
    return inflateRawSync(some, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, size);
  } catch (error) {
    throw damaged(packed.name, "it cannot be unpacked", error);
  }
}
