/** Little-endian numbers and texts behind one another. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  bytes(content: ArrayLike<number>): this {
    const part = Uint8Array.from(content);
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }

  text(content: string): this {
    return this.bytes(new TextEncoder().encode(content));
  }

  uint16(value: number): this {
    return this.bytes([value & 0xff, value >>> 8]);
  }

  uint32(value: number): this {
    return this.bytes(new Uint8Array(Uint32Array.of(value).buffer));
  }

  uint64(value: number | bigint): this {
    return this.bytes(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  zeros(count: number): this {
    return this.bytes(new Uint8Array(count));
  }

  /** Zeros up to a multiple of 8 bytes. */
  padded(): this {
    return this.zeros((8 - (this.#length % 8)) % 8);
  }

  content(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/** Bytes up to the next multiple of 8. */
export function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}
