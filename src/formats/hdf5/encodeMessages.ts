import { aligned, ByteWriter } from "./byteWriter.ts";
import { messageTypes } from "./objectHeader.ts";

/** Elements that are written. */
export type WrittenType = "float32" | "int32" | "uint32";

/** An address that points nowhere. */
export const nowhere = 0xffff_ffff_ffff_ffffn;

const fillValueType = 0x05;

interface Message {
  readonly type: number;
  readonly content: Uint8Array;
}

/** A dataset's header: its elements lie in one piece at an address. */
export function datasetHeader(
  dtype: WrittenType,
  shape: readonly number[],
  address: number,
  bytes: number,
): Uint8Array<ArrayBuffer> {
  const space = new ByteWriter().bytes([1, shape.length, 0, 0]).zeros(4);
  for (const size of shape) space.uint64(size);
  // Space is taken when it is written, nothing is filled in.
  const fill = new ByteWriter().bytes([2, 2, 2, 0]).padded();
  const layout = new ByteWriter().bytes([3, 1]).uint64(address).uint64(bytes).padded();
  return objectHeader([
    { type: messageTypes.dataspace, content: space.content() },
    { type: messageTypes.datatype, content: numberType(dtype) },
    { type: fillValueType, content: fill.content() },
    { type: messageTypes.layout, content: layout.content() },
  ]);
}

/** A group's header. */
export function groupHeader(
  tree: number,
  heap: number,
  attributes: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const table = new ByteWriter().uint64(tree).uint64(heap);
  const texts = Object.entries(attributes).map(([name, text]) => ({
    type: messageTypes.attribute,
    content: textAttribute(name, text),
  }));
  return objectHeader([{ type: messageTypes.symbolTable, content: table.content() }, ...texts]);
}

/** The first version of object headers, in one block. */
function objectHeader(messages: readonly Message[]): Uint8Array<ArrayBuffer> {
  const body = new ByteWriter();
  for (const { type, content } of messages) {
    body.uint16(type).uint16(aligned(content.length)).zeros(4).bytes(content).padded();
  }
  const head = new ByteWriter().bytes([1, 0]).uint16(messages.length).uint32(1).uint32(body.length).padded();
  return head.bytes(body.content()).content();
}

/** A text with a zero behind it, UTF-8. */
function textAttribute(name: string, text: string): Uint8Array {
  const nameBytes = new TextEncoder().encode(`${name}\0`);
  const value = new TextEncoder().encode(`${text}\0`);
  const type = new ByteWriter().bytes([0x13, 0x10, 0, 0]).uint32(value.length);
  const scalar = new ByteWriter().bytes([1, 0, 0, 0]).zeros(4);
  const all = new ByteWriter()
    .bytes([1, 0])
    .uint16(nameBytes.length)
    .uint16(type.length)
    .uint16(scalar.length);
  all.bytes(nameBytes).padded().bytes(type.content()).padded().bytes(scalar.content()).padded();
  return all.bytes(value).content();
}

function numberType(dtype: WrittenType): Uint8Array {
  const writer = new ByteWriter();
  if (dtype === "float32") {
    // Little-endian, an implied first digit, sign at bit 31; exponent of 8 bits from 23 on less 127, 23 digits from 0 on.
    writer.bytes([0x11, 0x20, 31, 0]).uint32(4).uint16(0).uint16(32).bytes([23, 8, 0, 23]).uint32(127);
  } else
    writer
      .bytes([0x10, dtype === "int32" ? 8 : 0, 0, 0])
      .uint32(4)
      .uint16(0)
      .uint16(32);
  return writer.content();
}
