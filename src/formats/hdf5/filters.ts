import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { ByteReader } from "../byteReader.ts";
import { damaged, unsupported } from "../byteSource.ts";

const unpack = promisify(inflate);

/** The filters that are read, by HDF5's numbers. */
const filterIds = { deflate: 1, shuffle: 2, fletcher32: 3 } as const;

/** Reads a filter pipeline message: the filters' numbers in the order of writing. */
export function readFilters(content: Uint8Array, where: string): readonly number[] {
  const reader = new ByteReader(content, where);
  const version = reader.uint8();
  const count = reader.uint8();
  if (version === 1) reader.skip(6);
  return Array.from({ length: count }, () => {
    const id = reader.uint16();
    const nameBytes = version === 1 || id >= 256 ? reader.uint16() : 0;
    reader.skip(2);
    const values = reader.uint16();
    reader.skip(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    reader.skip(4 * (version === 1 ? values + (values % 2) : values));
    const isRead: boolean = Object.values<number>(filterIds).includes(id);
    if (!isRead)
      throw unsupported(
        where,
        `it is packed by HDF5 filter ${id}; only gzip, shuffle and fletcher32 are read`,
      );
    return id;
  });
}

/**
 * A chunk's elements.
 *
 * @param bytes - Bytes of the unpacked chunk; it may not unpack to more.
 * @param each - Bytes of an element.
 */
export async function unfilter(
  packed: Uint8Array<ArrayBuffer>,
  filters: readonly number[],
  bytes: number,
  each: number,
  where: string,
): Promise<Uint8Array> {
  let content: Uint8Array = packed;
  for (const id of [...filters].reverse()) {
    if (id === filterIds.fletcher32) content = content.subarray(0, Math.max(0, content.length - 4));
    else if (id === filterIds.shuffle) content = unshuffle(content, each);
    else {
      try {
        content = await unpack(content, { maxOutputLength: bytes + 4 });
      } catch (error) {
        throw damaged(where, "a chunk of it cannot be unpacked to its size", error);
      }
    }
  }
  if (content.length !== bytes) throw damaged(where, `a chunk of ${content.length} bytes, expected ${bytes}`);
  return content;
}

/** Shuffled: the first bytes of all elements, then the second ones, and so on. */
function unshuffle(bytes: Uint8Array, each: number): Uint8Array {
  const count = Math.floor(bytes.length / each);
  const into = new Uint8Array(bytes.length);
  for (let byte = 0, from = 0; byte < each; byte++) {
    for (let element = 0; element < count; element++) into[element * each + byte] = bytes[from++]!;
  }
  into.set(bytes.subarray(count * each), count * each);
  return into;
}
