import { sizeOf } from "../../tensor/tensor.ts";
import { ByteReader } from "../byteReader.ts";
import { damaged } from "../byteSource.ts";
import { readDataspace } from "./dataspace.ts";
import { readDatatype } from "./datatype.ts";
import type { TextHeap } from "./textHeap.ts";

/** An attribute of an object whose value is not looked at yet. */
export interface Attribute {
  readonly name: string;
  readonly datatype: Uint8Array;
  readonly dataspace: Uint8Array;
  readonly value: Uint8Array;
}

/** Takes an attribute message apart (versions 1 to 3). */
export function readAttribute(content: Uint8Array, where: string): Attribute {
  const reader = new ByteReader(content, where);
  const version = reader.uint8();
  if (version < 1 || version > 3) throw damaged(where, `an attribute of version ${version}`);
  reader.skip(1);
  const [nameBytes, typeBytes, spaceBytes] = [reader.uint16(), reader.uint16(), reader.uint16()];
  if (version === 3) reader.skip(1);
  const field = (length: number) => {
    const bytes = reader.take(length);
    // In the first version each part is filled up to a multiple of 8 bytes.
    if (version === 1) reader.skip(0, 8);
    return bytes;
  };
  const name = textIn(field(nameBytes));
  return {
    name,
    datatype: field(typeBytes),
    dataspace: field(spaceBytes),
    value: reader.take(reader.remaining),
  };
}

/**
 * The texts of an attribute: one or a list of them; none if it holds something else (Keras writes an empty list as numbers).
 */
export function textsOf(attribute: Attribute, heap: TextHeap, where: string): readonly string[] {
  const place = `${where}: attribute ${attribute.name}`;
  const { text, bytes } = readDatatype(attribute.datatype, place);
  const count = sizeOf(readDataspace(attribute.dataspace, place));
  if (text === undefined || count === 0) return [];
  if (!(bytes > 0 && count * bytes <= attribute.value.length)) {
    throw damaged(place, `${count} texts of ${bytes} bytes in ${attribute.value.length}`);
  }
  const reader = new ByteReader(attribute.value, place);
  return Array.from({ length: count }, () => {
    if (text === "fixed") return textIn(reader.take(bytes));
    const length = reader.uint32();
    return textIn(heap.read(reader.uint64(), reader.uint32(), length, place));
  });
}

/** UTF-8 without the zeros behind it. */
function textIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
