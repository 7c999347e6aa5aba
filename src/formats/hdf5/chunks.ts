import { ByteReader } from "../byteReader.ts";
import { type ByteSource, damaged } from "../byteSource.ts";
import { unfilter } from "./filters.ts";

interface ChunkedDataset {
  readonly shape: readonly number[];
  readonly chunk: readonly number[];
  /** Bytes of an element. */
  readonly each: number;
  readonly tree: number;
  readonly filters: readonly number[];
}

interface ChunkPlace {
  readonly offset: readonly number[];
  readonly address: number;
  readonly packed: number;
}

/**
 * The elements of a dataset that lies in chunks, row-major. Chunks that were never written are zeros.
 *
 * @param bytes - Of all elements; the caller has checked that they fit into memory.
 */
export async function loadChunks(
  source: ByteSource,
  dataset: ChunkedDataset,
  bytes: number,
  where: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { shape, chunk, each, filters } = dataset;
  const chunkBytes = chunk.reduce((product, size) => product * size, each);
  if (shape.length === 0 || chunk.length !== shape.length || !(chunkBytes > 0)) {
    throw damaged(where, `chunks of [${chunk.join(", ")}] in [${shape.join(", ")}]`);
  }
  // A chunk may reach over the end of each axis, so it may be larger than the whole; h5py makes none above 4 MiB by itself.
  if (chunkBytes > bytes + 2 ** 24) throw damaged(where, `a chunk of ${chunkBytes} bytes for ${bytes}`);
  const into = new Uint8Array(bytes);
  for (const place of placesOf(source, dataset, where)) {
    const packed = await source.load(place.address, place.packed);
    copyChunk(await unfilter(packed, filters, chunkBytes, each, where), place.offset, dataset, into);
  }
  return into;
}

function placesOf(
  source: ByteSource,
  { tree, shape, chunk }: ChunkedDataset,
  where: string,
): readonly ChunkPlace[] {
  const places: ChunkPlace[] = [];
  const seen = new Set<number>();
  const keyBytes = 8 + 8 * (shape.length + 1);
  const visit = (address: number, above: number) => {
    if (seen.has(address)) throw damaged(where, `its tree of chunks reaches byte ${address} twice`);
    seen.add(address);
    const head = new ByteReader(source.bytes(address, 24).slice(), where);
    if (head.uint32() !== 0x45455254) throw damaged(where, `TREE expected at byte ${address}`);
    const [type, level, count] = [head.uint8(), head.uint8(), head.uint16()];
    if (type !== 1 || level >= above)
      throw damaged(where, `a wrong node in its tree of chunks at byte ${address}`);
    const reader = new ByteReader(source.bytes(address + 24, count * (keyBytes + 8)).slice(), where);
    for (let index = 0; index < count; index++) {
      const packed = reader.uint32();
      if (reader.uint32() !== 0) throw damaged(where, "a chunk that skipped filters");
      const offset = shape.map(() => reader.uint64());
      reader.skip(8);
      const child = reader.uint64();
      if (level > 0) visit(child, level);
      else {
        if (seen.has(child)) throw damaged(where, `two chunks of it are at byte ${child}`);
        seen.add(child);
        places.push({ offset, address: child, packed });
      }
    }
  };
  visit(tree, 256);
  const most = shape.reduce((product, size, axis) => product * Math.ceil(size / chunk[axis]!), 1);
  const packed = places.reduce((sum, place) => sum + place.packed, 0);
  if (places.length > most || packed > source.size) {
    throw damaged(where, `${places.length} chunks of ${packed} bytes, where ${most} chunks fill its shape`);
  }
  return places;
}

/** Copies the part of a chunk that lies inside the shape, one run along the last axis at a time. */
function copyChunk(
  content: Uint8Array,
  offset: readonly number[],
  { shape, chunk, each }: ChunkedDataset,
  into: Uint8Array,
): void {
  const last = shape.length - 1;
  const inside = chunk.map((size, axis) => Math.max(0, Math.min(size, shape[axis]! - offset[axis]!)));
  if (inside.includes(0)) return;
  const index = chunk.map(() => 0);
  for (let axis = 0; axis >= 0; ) {
    let from = 0;
    let to = 0;
    for (let a = 0; a <= last; a++) {
      from = from * chunk[a]! + index[a]!;
      to = to * shape[a]! + offset[a]! + index[a]!;
    }
    into.set(content.subarray(from * each, (from + inside[last]!) * each), to * each);
    axis = last - 1;
    while (axis >= 0 && ++index[axis]! >= inside[axis]!) index[axis--] = 0;
  }
}
