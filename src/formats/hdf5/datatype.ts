import { ByteReader } from "../byteReader.ts";
import type { StoredType } from "../storedType.ts";

/** What an element is, and how many bytes it takes. */
export interface Datatype {
  readonly dtype: StoredType;
  readonly bytes: number;
  readonly isBigEndian: boolean;
  /** Texts: in place with zeros behind, or elsewhere (in the global heap). */
  readonly text?: "fixed" | "variable";
}

/** The classes of HDF5's types that are read. */
const classes = { integer: 0, float: 1, string: 3, opaque: 5, enumeration: 8, variable: 9 } as const;

const integers: Readonly<Record<string, StoredType>> = {
  "1": "uint8",
  "2": "uint16",
  "4": "uint32",
  "8": "uint64",
  "-1": "int8",
  "-2": "int16",
  "-4": "int32",
  "-8": "int64",
};

/** Reads a datatype message. What is not read is "other". */
export function readDatatype(content: Uint8Array, where: string): Datatype {
  const reader = new ByteReader(content, where);
  const kind = reader.uint8() & 15;
  const flags = reader.uint8();
  reader.skip(2);
  const bytes = reader.uint32();
  const isBigEndian = (kind === classes.integer || kind === classes.float) && (flags & 1) === 1;
  switch (kind) {
    case classes.integer:
      return { dtype: integers[(flags & 8) === 0 ? bytes : -bytes] ?? "other", bytes, isBigEndian };
    case classes.float:
      return { dtype: floatOf(reader, bytes), bytes, isBigEndian };
    case classes.string:
      return { dtype: "text", bytes, isBigEndian, text: "fixed" };
    case classes.variable:
      if ((flags & 15) === 1) return { dtype: "text", bytes, isBigEndian, text: "variable" };
      return { dtype: "other", bytes, isBigEndian };
    case classes.enumeration:
      // h5py stores truth values as an enumeration of one byte.
      return { dtype: bytes === 1 ? "bool" : "other", bytes, isBigEndian };
    default:
      return { dtype: "other", bytes, isBigEndian };
  }
}

function floatOf(reader: ByteReader, bytes: number): StoredType {
  reader.skip(5);
  const exponentBits = reader.uint8();
  if (bytes === 2) return exponentBits === 8 ? "bfloat16" : "float16";
  if (bytes === 4) return "float32";
  return bytes === 8 ? "float64" : "other";
}
