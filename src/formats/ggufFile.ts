import { damaged, type FileSource, unsupported } from "./byteSource.ts";
import { type GgufHeader, readGgufHeader } from "./ggufReader.ts";
import { type Part, partsFile } from "./partsFile.ts";
import { type StoredType, storedBytes } from "./storedType.ts";
import type { WeightFile } from "./weightFile.ts";

/** ggml's numbers of the element types that are not quantised. */
const types: Readonly<Record<number, StoredType>> = {
  0: "float32",
  1: "float16",
  24: "int8",
  25: "int16",
  26: "int32",
  27: "int64",
  28: "float64",
  30: "bfloat16",
};

/** Opens a GGUF file; only its header is read. Quantised tensors are listed as "other" and cannot be read. */
export function openGguf(source: FileSource): WeightFile {
  const header = growingHeader(source);
  const parts = header.entries.map(({ name, shape, type, offset }): Part => {
    const entry = { name, dtype: types[type] ?? "other", shape };
    const where = `${source.name}: tensor ${JSON.stringify(name)}`;
    if (!shape.every(Number.isSafeInteger)) throw damaged(where, `shape [${shape.join(", ")}]`);
    return {
      entry,
      async load() {
        if (entry.dtype === "other")
          throw unsupported(where, `it is quantised (ggml type ${type}), which is not read`);
        return source.load(header.start + offset, storedBytes(entry.dtype, shape, where));
      },
    };
  });
  const metadata = new Map(
    [...header.metadata]
      .filter(([, value]) => !Array.isArray(value))
      .map(([key, value]) => [key, String(value)]),
  );
  return partsFile({ format: "GGUF", path: source.name, parts, metadata, close: () => source.close() });
}

/** The header's length stands nowhere: it is tried with more and more of the file. */
function growingHeader(source: FileSource): GgufHeader {
  for (let length = 1 << 16; ; length *= 8) {
    const isWhole = length >= source.size;
    try {
      return readGgufHeader(source.bytes(0, Math.min(length, source.size)), source.name, source.size);
    } catch (error) {
      if (isWhole) throw error;
    }
  }
}
