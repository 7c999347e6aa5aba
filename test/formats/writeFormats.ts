import { crc32 } from "node:zlib";

/** Files of the formats that no tool at hand writes small enough, or not with the lies that a test needs. */

const u16 = (...values: number[]) => Buffer.from(Uint16Array.from(values).buffer);
const u32 = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer);
const u64 = (...values: number[]) => Buffer.from(BigUint64Array.from(values, BigInt).buffer);
const floats = (values: readonly number[]) => Buffer.from(Float32Array.from(values).buffer);
const ggufText = (text: string) => Buffer.concat([u64(text.length), Buffer.from(text)]);

/** A GGUF file with one float32 tensor. */
export function ggufFile(name: string, shape: readonly number[], values: readonly number[]): Buffer {
  const header = Buffer.concat([
    Buffer.from("GGUF"),
    u32(3),
    u64(1, 1),
    ggufText("general.name"),
    u32(8),
    ggufText("test"),
    ggufText(name),
    u32(shape.length),
    u64(...[...shape].reverse()),
    u32(0),
    u64(0),
  ]);
  return Buffer.concat([header, Buffer.alloc((32 - (header.length % 32)) % 32), floats(values)]);
}

/** A protobuf field that holds bytes; all lengths here are below 16,384. */
function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
}

const varint = (number: number, value: number) => Buffer.from([number * 8, value]);
const entry = (key: string, value: string) => field(13, Buffer.concat([field(1, key), field(2, value)]));

/** An ONNX model with four initialisers, one of them in another file at byte 4. */
export function onnxFile(location: string): Buffer {
  const minusOne = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
  const tensors = [
    [varint(1, 2), varint(2, 1), field(8, "raw"), field(9, floats([1, 2]))],
    [field(1, Buffer.from([1, 2])), varint(2, 1), field(8, "typed"), field(4, floats([3, 4]))],
    [varint(1, 2), varint(2, 7), field(8, "long"), field(7, Buffer.from([...minusOne, 0xac, 2]))],
    [varint(1, 2), varint(2, 1), field(8, "external"), entry("location", location), entry("offset", "4")],
  ];
  const graph = Buffer.concat(tensors.map((fields) => field(5, Buffer.concat(fields))));
  return Buffer.concat([varint(1, 10), field(2, "test"), field(7, graph)]);
}

interface Member {
  readonly name: string;
  readonly content: Buffer;
  /** Lies; default the truth. */
  readonly size?: number;
  readonly crc?: number;
  readonly method?: number;
}

/** A zip archive whose members are stored as they are, whatever their records say. */
export function zipFile(members: readonly Member[]): Buffer {
  const bodies: Buffer[] = [];
  const records: Buffer[] = [];
  let at = 0;
  for (const { name, content, size = content.length, crc = crc32(content), method = 0 } of members) {
    const about = Buffer.concat([
      u16(20, 0, method, 0, 0),
      u32(crc, content.length, size),
      u16(name.length, 0),
    ]);
    const body = Buffer.concat([u32(0x04034b50), about, Buffer.from(name), content]);
    const record = [u32(0x02014b50), u16(20), about, u16(0, 0, 0), u32(0, at), Buffer.from(name)];
    bodies.push(body);
    records.push(Buffer.concat(record));
    at += body.length;
  }
  const directory = Buffer.concat(records);
  const end = [u32(0x06054b50), u16(0, 0, members.length, members.length), u32(directory.length, at), u16(0)];
  return Buffer.concat([...bodies, directory, ...end]);
}
