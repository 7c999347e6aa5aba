/** Turns big-endian elements of `each` bytes into little-endian ones, in place. */
export function swapBytes(bytes: Uint8Array, each: number): void {
  if (each === 2) Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).swap16();
  else if (each === 4) Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).swap32();
  else if (each === 8) Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).swap64();
}

/** Elements whose first axis runs fastest, put into row-major order: a transposition with all axes reversed. */
export function toRowMajor(
  bytes: Uint8Array,
  shape: readonly number[],
  each: number,
): Uint8Array<ArrayBuffer> {
  const into = new Uint8Array(bytes.length);
  const index = shape.map(() => 0);
  let from = 0;
  const strides = shape.map((_, axis) =>
    shape.slice(0, axis).reduce((product, size) => product * size, each),
  );
  for (let to = 0; to < bytes.length; to += each) {
    for (let byte = 0; byte < each; byte++) into[to + byte] = bytes[from + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return into;
}
