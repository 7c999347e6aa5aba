import { PermafrostError } from "../base/errors.ts";

/** Reads little-endian numbers one behind the other and never past the end. Lengths found in a file are not trusted. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;
  #position = 0;

  /** @param name - What is read, for messages. */
  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  int8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  float32(): number {
    return this.#view.getFloat32(this.#advance(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  /** A signed 64-bit number; beyond 2^53 it is rounded. */
  int64(): number {
    return Number(this.#view.getBigInt64(this.#advance(8), true));
  }

  /** An unsigned 64-bit number; beyond 2^53 it is rounded. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /**
   * A count of things that take at least `bytesEach` bytes each in what is left of the file.
   *
   * @throws PermafrostError WEIGHTS_INVALID for a count that cannot be true.
   */
  count(what: string, bytesEach: number): number {
    const count = this.uint64();
    if (count * bytesEach > this.remaining) {
      throw this.damaged(`it says it holds ${count} ${what}, which is more than fit in it`);
    }
    return count;
  }

  /** A UTF-8 text behind its 64-bit length. */
  text(): string {
    const length = this.count("bytes of text", 1);
    const start = this.#advance(length);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  /** Some bytes as they are; only to be looked at. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Goes on behind so many bytes, and then to the next multiple of `align`. */
  skip(length: number, align = 1): void {
    this.#advance(length);
    const over = this.#position % align;
    if (over > 0) this.#advance(Math.min(align - over, this.remaining));
  }

  /** The error that says that the content is damaged, and where. */
  damaged(reason: string): PermafrostError {
    return new PermafrostError(
      "WEIGHTS_INVALID",
      `${this.#name}: damaged near byte ${this.#position}: ${reason}. Get the file again.`,
      { details: { name: this.#name, position: this.#position } },
    );
  }

  #advance(length: number): number {
    if (length > this.remaining) throw this.damaged(`${length} more bytes expected, ${this.remaining} left`);
    const start = this.#position;
    this.#position += length;
    return start;
  }
}
