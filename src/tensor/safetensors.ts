import { PermafrostError } from "../base/errors.ts";
import { parseSafetensorsHeader, safetensorsElementBytes } from "./safetensorsHeader.ts";
import { type DType, sizeOf, type Tensor } from "./tensor.ts";

/** A tensor under the name it has in a file. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/** What a safetensors file holds. */
export interface Safetensors {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the order of their places in the file. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

const nameOfDType: Readonly<Record<DType, string>> = {
  float32: "F32",
  float64: "F64",
  int32: "I32",
  int64: "I64",
  uint8: "U8",
  bool: "BOOL",
};

/** The engine has no big-endian build, so elements in memory are the file's little-endian bytes. */
const arrayOf: Readonly<Record<string, (buffer: ArrayBuffer) => Tensor["data"]>> = {
  F32: (buffer) => new Float32Array(buffer),
  F64: (buffer) => new Float64Array(buffer),
  I32: (buffer) => new Int32Array(buffer),
  I64: (buffer) => new BigInt64Array(buffer),
  U8: (buffer) => new Uint8Array(buffer),
  BOOL: (buffer) => new Uint8Array(buffer),
};

/**
 * The bytes of a safetensors file. Equal tensors give equal bytes. Wide elements come first, so that every tensor is aligned.
 *
 * @throws PermafrostError INVALID_ARGUMENT for two tensors of one name or a shape that does not fit the data.
 */
export function encodeSafetensors(
  tensors: Iterable<NamedTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort((a, b) => elementBytes(b.tensor) - elementBytes(a.tensor));
  const members: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) members.push(["__metadata__", metadata]);
  const names = new Set<string>(["__metadata__"]);
  let end = 0;
  for (const { name, tensor } of sorted) {
    checkWritable(name, tensor, names);
    const begin = end;
    end += tensor.data.byteLength;
    members.push([
      name,
      { dtype: nameOfDType[tensor.dtype], shape: tensor.shape, data_offsets: [begin, end] },
    ]);
  }
  const header = new TextEncoder().encode(objectText(members));
  const padding = (8 - (header.length % 8)) % 8;
  const bytes = new Uint8Array(8 + header.length + padding + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length + padding), true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + header.length + padding);
  let at = 8 + header.length + padding;
  for (const { tensor } of sorted) {
    bytes.set(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength), at);
    at += tensor.data.byteLength;
  }
  return bytes;
}

/**
 * Reads a whole safetensors file (elements are copied).
 *
 * @param where - The file's path, for messages.
 * @throws PermafrostError WEIGHTS_INVALID when the file is damaged or holds an element type that is not read (F16, BF16, ...).
 */
export function decodeSafetensors(bytes: Uint8Array, where: string): Safetensors {
  const { metadata, entries } = parseSafetensorsHeader(bytes, bytes.length, where);
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, offset, bytes: length }] of entries) {
    const make = arrayOf[dtype];
    const own = dtypeOf(dtype);
    if (make === undefined || own === undefined) {
      throw new PermafrostError(
        "WEIGHTS_INVALID",
        `${where}: tensor ${JSON.stringify(name)}: elements of type ${dtype} are not read here, ` +
          `expected ${Object.keys(arrayOf).join(", ")}. Convert the file to F32.`,
        { details: { path: where, tensor: name, dtype } },
      );
    }
    const elements = new Uint8Array(length);
    elements.set(bytes.subarray(offset, offset + length));
    tensors.set(name, { dtype: own, shape, data: make(elements.buffer) });
  }
  return { metadata, tensors };
}

/** JSON of members in their order; an object would move names such as "1" to the front and lose "__proto__". */
function objectText(members: readonly (readonly [string, unknown])[]): string {
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${JSON.stringify(member)}`).join(",")}}`;
}

function dtypeOf(name: string): DType | undefined {
  return (Object.keys(nameOfDType) as DType[]).find((dtype) => nameOfDType[dtype] === name);
}

function elementBytes(tensor: Tensor): number {
  return safetensorsElementBytes[nameOfDType[tensor.dtype]]!;
}

function checkWritable(name: string, tensor: Tensor, names: Set<string>): void {
  if (names.has(name)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `safetensors: the name ${JSON.stringify(name)} is taken already.`,
    );
  }
  names.add(name);
  if (tensor.data.length !== sizeOf(tensor.shape)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `safetensors: ${JSON.stringify(name)}: shape [${tensor.shape.join(", ")}] needs ${sizeOf(tensor.shape)} elements, ` +
        `got ${tensor.data.length}.`,
    );
  }
}
