import { crc32 } from "node:zlib";
import { PermafrostError } from "../base/errors.ts";
import { ByteWriter } from "./hdf5/byteWriter.ts";
import type { EncodedFile } from "./hdf5/encodeHdf5.ts";

/** 1 January 1980, the first day that an archive knows: equal contents give equal bytes. */
const date = 0x21;

const most = 0xffff_ffff;

/**
 * A zip archive of files that are stored as they are, as Keras writes its `.keras`.
 *
 * @throws PermafrostError INVALID_ARGUMENT for 4 GB and more.
 */
export function encodeZip(members: ReadonlyMap<string, EncodedFile>): EncodedFile {
  const locals: { readonly header: Uint8Array; readonly content: EncodedFile }[] = [];
  const directory = new ByteWriter();
  let end = 0;
  for (const [name, content] of members) {
    const nameBytes = new TextEncoder().encode(name);
    const facts = new ByteWriter()
      .uint16(0)
      .uint16(date)
      .uint32(checksum(content))
      .uint32(content.size)
      .uint32(content.size);
    facts.uint16(nameBytes.length).uint16(0);
    const shared = new ByteWriter().uint16(20).uint16(0).uint16(0).bytes(facts.content()).content();
    const header = new ByteWriter().uint32(0x04034b50).bytes(shared).bytes(nameBytes).content();
    directory.uint32(0x02014b50).uint16(20).bytes(shared).zeros(10).uint32(end).bytes(nameBytes);
    locals.push({ header, content });
    end += header.length + content.size;
  }
  const size = end + directory.length + 22;
  if (size > most) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `archive: ${size} bytes, at most ${most} fit. Write the weights alone.`,
    );
  }
  const tail = new ByteWriter().bytes(directory.content()).uint32(0x06054b50).uint32(0);
  tail.uint16(members.size).uint16(members.size).uint32(directory.length).uint32(end).uint16(0);
  return {
    size,
    *pieces() {
      for (const { header, content } of locals) {
        yield header;
        yield* content.pieces();
      }
      yield tail.content();
    },
  };
}

/** A file whose whole content is at hand. */
export function encodedText(text: string): EncodedFile {
  const bytes = new TextEncoder().encode(text);
  return { size: bytes.length, pieces: () => [bytes] };
}

function checksum(content: EncodedFile): number {
  let value = 0;
  for (const piece of content.pieces()) value = crc32(piece, value);
  return value;
}
