import { ByteReader } from "../byteReader.ts";
import { unsupported } from "../byteSource.ts";

/** Where a dataset's elements lie. */
export type Layout =
  | { readonly kind: "compact"; readonly content: Uint8Array }
  | { readonly kind: "contiguous"; readonly address: number; readonly bytes: number }
  | { readonly kind: "chunked"; readonly tree: number; readonly chunk: readonly number[] };

/** Reads a layout message, version 3 (since 2004), or 4 of a dataset that is not chunked. */
export function readLayout(content: Uint8Array, where: string): Layout {
  const reader = new ByteReader(content, where);
  const version = reader.uint8();
  const kind = reader.uint8();
  if ((version === 3 || version === 4) && kind === 0) {
    return { kind: "compact", content: reader.take(reader.uint16()) };
  }
  if ((version === 3 || version === 4) && kind === 1) {
    return { kind: "contiguous", address: reader.uint64(), bytes: reader.uint64() };
  }
  if (version === 3 && kind === 2) {
    const axes = reader.uint8();
    const tree = reader.uint64();
    // The last number is the size of an element.
    const chunk = Array.from({ length: axes }, () => reader.uint32()).slice(0, -1);
    return { kind: "chunked", tree, chunk };
  }
  throw unsupported(where, `HDF5 layout version ${version}, kind ${kind}, which is not read`);
}
