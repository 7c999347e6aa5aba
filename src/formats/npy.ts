import { sizeOf, type Tensor } from "../tensor/tensor.ts";
import { type ByteSource, damaged, type FileSource, unsupported } from "./byteSource.ts";
import { swapBytes, toRowMajor } from "./elementOrder.ts";
import { type Part, partsFile } from "./partsFile.ts";
import { type StoredType, storedBytes, tensorOf } from "./storedType.ts";
import type { TensorEntry, WeightFile } from "./weightFile.ts";

const types: Readonly<Record<string, StoredType>> = {
  b1: "bool",
  u1: "uint8",
  i1: "int8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

/** What stands before an array's elements. */
export interface NpyHeader {
  readonly dtype: StoredType;
  readonly shape: readonly number[];
  readonly isBigEndian: boolean;
  /** The first axis runs fastest, as in Fortran. */
  readonly isColumnMajor: boolean;
  /** Bytes before the elements. */
  readonly start: number;
}

/** Opens a `.npy` file: one array, without a name. */
export function openNpy(source: FileSource): WeightFile {
  const header = readNpyHeader(source);
  const entry: TensorEntry = { name: "array", dtype: header.dtype, shape: header.shape };
  const where = source.name;
  const part: Part = {
    entry,
    load: () => source.load(header.start, storedBytes(header.dtype, header.shape, where)),
    decode: (bytes) => npyTensor(header, bytes, where),
  };
  const close = () => source.close();
  return partsFile({ format: "NumPy array (.npy)", path: where, parts: [part], metadata: new Map(), close });
}

/**
 * Reads the header of a NumPy array (versions 1 to 3). Arrays of Python objects are pickles, which can run code: refused.
 *
 * @throws PermafrostError WEIGHTS_INVALID.
 */
export function readNpyHeader(source: ByteSource): NpyHeader {
  const where = source.name;
  const prefix = source.bytes(0, Math.min(12, source.size));
  if (prefix.length < 12 || String.fromCharCode(...prefix.subarray(1, 6)) !== "NUMPY") {
    throw damaged(where, "it does not start as a NumPy array does");
  }
  const isFirst = prefix[6] === 1;
  const view = new DataView(prefix.buffer, prefix.byteOffset);
  const before = isFirst ? 10 : 12;
  const length = isFirst ? view.getUint16(8, true) : view.getUint32(8, true);
  const text = new TextDecoder().decode(source.bytes(before, length));
  return { ...parseDescription(text, where), start: before + length };
}

/** The elements of an array in row-major order. */
export function npyTensor(header: NpyHeader, bytes: Uint8Array<ArrayBuffer>, where: string): Tensor {
  const wanted = storedBytes(header.dtype, header.shape, where);
  if (bytes.length !== wanted) throw damaged(where, `its elements need ${wanted} bytes, got ${bytes.length}`);
  const each = wanted / Math.max(1, sizeOf(header.shape));
  if (header.isBigEndian) swapBytes(bytes, each);
  const ordered = header.isColumnMajor ? toRowMajor(bytes, header.shape, each) : bytes;
  return tensorOf(header.dtype, header.shape, ordered, where);
}

/** The header's text is a Python dictionary with three known members; it is matched, never evaluated. */
function parseDescription(text: string, where: string): Omit<NpyHeader, "start"> {
  const descr = /'descr': *'([<>|=])([a-zA-Z]\d*)'/.exec(text);
  const order = /'fortran_order': *(True|False)/.exec(text);
  const shape = /'shape': *\(([\d, ]*)\)/.exec(text);
  if (descr === null || order === null || shape === null) {
    if (/'descr': *\[|'descr': *'\|[VSOU]/.test(text)) {
      throw unsupported(where, "it holds objects, texts or records; only arrays of numbers are read");
    }
    throw damaged(where, `its header is ${JSON.stringify(text.slice(0, 80))}`);
  }
  if (descr[2]!.startsWith("O")) {
    throw unsupported(
      where,
      "it holds Python objects, which can run code when they are read; save numbers instead",
    );
  }
  const sizes = shape[1]!
    .split(",")
    .filter((size) => size.trim() !== "")
    .map(Number);
  if (!sizes.every(Number.isSafeInteger)) throw damaged(where, `shape (${shape[1]})`);
  return {
    dtype: types[descr[2]!] ?? "other",
    shape: sizes,
    isBigEndian: descr[1] === ">",
    isColumnMajor: order[1] === "True",
  };
}
