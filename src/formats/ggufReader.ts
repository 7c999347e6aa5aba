import { PermafrostError } from "../base/errors.ts";
import { immodest, modestMemory } from "../base/modestMemory.ts";
import { decodeHalf } from "../tensor/halfFloat.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { ByteReader } from "./byteReader.ts";

type GgufValue = number | boolean | string | readonly GgufValue[];

/** What a GGUF file (the model file of ggml) holds. */
export interface GgufFile {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** By name, row-major as in PyTorch, widened to float32. */
  readonly tensors: ReadonlyMap<string, Tensor<"float32">>;
}

interface GgufEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  /** From the start of the elements. */
  readonly offset: number;
}

/** What stands before the elements. */
export interface GgufHeader {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly entries: readonly GgufEntry[];
  /** Where the elements start in the file. */
  readonly start: number;
}

/** ggml's tensor types that we read: float32 and float16, with the bytes of one element. */
const elementBytes: Readonly<Record<number, number>> = { 0: 4, 1: 2 };
/** What a value of the metadata and an entry of a tensor take in memory. */
const valueBytes = 64;
const entryBytes = 1200;
const maxAxes = 4;
const maxNesting = 4;

/**
 * Reads a GGUF file, version 2 or 3, with float32 and float16 tensors. Every length is checked against the file's size.
 *
 * @param name - What is read, for messages.
 * @throws PermafrostError FORMAT_UNKNOWN when it is no GGUF file, WEIGHTS_INVALID when it is damaged or has other tensors.
 */
export function readGguf(bytes: Uint8Array, name: string): GgufFile {
  const reader = new ByteReader(bytes, name);
  const { metadata, entries, start } = readHeader(reader, name);
  const tensors = new Map<string, Tensor<"float32">>();
  for (const entry of entries) {
    if (tensors.has(entry.name)) throw reader.damaged(`two tensors are named ${entry.name}`);
    tensors.set(entry.name, readTensor(bytes, start, entry, reader));
  }
  return { metadata, tensors };
}

/**
 * Reads what stands before the elements of a GGUF file, which need not be in `bytes`.
 *
 * @param fileBytes - Size of the whole file. Default that of `bytes`.
 * @throws PermafrostError like `readGguf`; WEIGHTS_INVALID also when `bytes` end before the elements start.
 */
export function readGgufHeader(bytes: Uint8Array, name: string, fileBytes = bytes.length): GgufHeader {
  return readHeader(new ByteReader(bytes, name), name, fileBytes);
}

function readHeader(reader: ByteReader, name: string, fileBytes = reader.remaining): GgufHeader {
  if (reader.remaining < 8 || reader.uint32() !== 0x46554747) {
    throw new PermafrostError("FORMAT_UNKNOWN", `${name}: expected a GGUF file (first bytes "GGUF").`);
  }
  const version = reader.uint32();
  if (version !== 2 && version !== 3) {
    throw new PermafrostError("FORMAT_UNKNOWN", `${name}: expected GGUF version 2 or 3, got ${version}.`);
  }
  const tensorCount = reader.count("tensors", 24);
  const metadataCount = reader.count("metadata entries", 13);
  const take = modestMemory(fileBytes, () => reader.damaged(immodest));
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < metadataCount; index++) {
    take(valueBytes);
    const key = reader.text();
    metadata.set(key, readValue(reader, reader.uint32(), 0, take));
  }
  const entries: GgufEntry[] = [];
  while (entries.length < tensorCount) {
    take(entryBytes);
    entries.push(readEntry(reader));
  }
  return { metadata, entries, start: alignedStart(reader, metadata.get("general.alignment")) };
}

function readEntry(reader: ByteReader): GgufEntry {
  const name = reader.text();
  const rank = reader.uint32();
  if (rank > maxAxes)
    throw reader.damaged(`tensor ${name} has ${rank} axes, at most ${maxAxes} are possible`);
  // ggml writes the axis that runs fastest first.
  const shape = Array.from({ length: rank }, () => reader.uint64()).reverse();
  return { name, shape, type: reader.uint32(), offset: reader.uint64() };
}

function alignedStart(reader: ByteReader, given: GgufValue | undefined): number {
  const alignment = given ?? 32;
  if (typeof alignment !== "number" || !Number.isInteger(alignment) || alignment < 1) {
    throw reader.damaged(`alignment ${JSON.stringify(given)}`);
  }
  return Math.ceil(reader.position / alignment) * alignment;
}

function readTensor(
  bytes: Uint8Array,
  start: number,
  { name, shape, type, offset }: GgufEntry,
  reader: ByteReader,
): Tensor<"float32"> {
  const each = elementBytes[type];
  if (each === undefined) {
    throw reader.damaged(`tensor ${name} has type ${type}; only float32 (0) and float16 (1) are read`);
  }
  const length = shape.reduce((product, size) => product * size, each);
  if (!(start + offset + length <= bytes.length)) throw reader.damaged(`tensor ${name} reaches past the end`);
  // A copy begins at a multiple of the elements' size, which the file's bytes need not.
  const { buffer } = new Uint8Array(bytes.subarray(start + offset, start + offset + length));
  if (each === 4) return float32(shape, new Float32Array(buffer));
  const values = new Float32Array(length / 2);
  decodeHalf("float16", new Uint16Array(buffer), values);
  return float32(shape, values);
}

/** The metadata types by their number: how each is read, and the least bytes it takes. */
const scalarTypes: Readonly<Record<number, readonly [number, (reader: ByteReader) => GgufValue]>> = {
  0: [1, (reader) => reader.uint8()],
  1: [1, (reader) => reader.int8()],
  2: [2, (reader) => reader.uint16()],
  3: [2, (reader) => reader.int16()],
  4: [4, (reader) => reader.uint32()],
  5: [4, (reader) => reader.int32()],
  6: [4, (reader) => reader.float32()],
  7: [1, (reader) => reader.uint8() !== 0],
  8: [8, (reader) => reader.text()],
  10: [8, (reader) => reader.uint64()],
  11: [8, (reader) => reader.int64()],
  12: [8, (reader) => reader.float64()],
};
const arrayType = 9;

function readValue(
  reader: ByteReader,
  type: number,
  nesting: number,
  take: (cost: number) => void,
): GgufValue {
  if (type === arrayType && nesting < maxNesting) {
    const elementType = reader.uint32();
    const count = reader.count("values", scalarTypes[elementType]?.[0] ?? 12);
    take(valueBytes * count);
    return Array.from({ length: count }, () => readValue(reader, elementType, nesting + 1, take));
  }
  const scalarType = scalarTypes[type];
  if (scalarType === undefined) throw reader.damaged(`unknown metadata type ${type}`);
  return scalarType[1](reader);
}
