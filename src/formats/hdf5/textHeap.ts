import { ByteReader } from "../byteReader.ts";
import { type ByteSource, damaged } from "../byteSource.ts";

interface Place {
  readonly start: number;
  readonly size: number;
}

const headerBytes = 16;

/** The global heap, where texts of any length lie. */
export class TextHeap {
  readonly #source: ByteSource;
  readonly #collections = new Map<number, ReadonlyMap<number, Place>>();
  #taken = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /**
   * One text's bytes. All texts together may be no longer than twice the file, so that a small file whose attributes point
   * to one long text many times cannot fill the memory.
   *
   * @throws PermafrostError WEIGHTS_INVALID.
   */
  read(collection: number, index: number, length: number, where: string): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    if (!this.#collections.has(collection)) this.#collections.set(collection, this.#open(collection, where));
    const place = this.#collections.get(collection)?.get(index);
    if (place === undefined || length > place.size) {
      throw damaged(where, `no text of ${length} bytes with number ${index} at byte ${collection}`);
    }
    this.#taken += length;
    if (this.#taken > 2 * this.#source.size) throw damaged(where, "its texts are longer than the file");
    return this.#source.bytes(place.start, length);
  }

  #open(address: number, where: string): ReadonlyMap<number, Place> {
    const head = this.#source.bytes(address, headerBytes);
    if (String.fromCharCode(...head.subarray(0, 4)) !== "GCOL")
      throw damaged(where, `GCOL expected at byte ${address}`);
    const size = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(8, true));
    const reader = new ByteReader(this.#source.bytes(address, size), where);
    reader.skip(headerBytes);
    const places = new Map<number, Place>();
    while (reader.remaining >= headerBytes) {
      const index = reader.uint16();
      reader.skip(6);
      const length = reader.uint64();
      // Number 0 is the free space at the end.
      if (index === 0) break;
      places.set(index, { start: address + reader.position, size: length });
      reader.skip(length, 8);
    }
    return places;
  }
}
