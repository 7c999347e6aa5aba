/** How a field's value is written. */
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Writes messages in the wire format of Protocol Buffers, field by field: the few forms that TensorBoard's events need.
 * Fields are to be written in the order of their numbers, without those that have their default, as other writers do.
 */
export class ProtobufWriter {
  readonly #bytes: number[] = [];

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** @param value - A whole number of 0 or more; 64 bits on the wire. */
  integer(field: number, value: number): this {
    this.#tag(field, wire.varint);
    this.#varint(value);
    return this;
  }

  float(field: number, value: number): this {
    this.#tag(field, wire.fixed32);
    this.#bytes.push(...new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  double(field: number, value: number): this {
    this.#tag(field, wire.fixed64);
    this.#bytes.push(...new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  text(field: number, value: string): this {
    return this.message(field, Buffer.from(value));
  }

  /** A message inside the message, or numbers packed behind each other. */
  message(field: number, bytes: Uint8Array): this {
    this.#tag(field, wire.bytes);
    this.#varint(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  #tag(field: number, form: number): void {
    this.#varint(field * 8 + form);
  }

  /** Seven bits a byte, the lowest first. Whole numbers up to 2^53. */
  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.#bytes.push(rest);
  }
}
