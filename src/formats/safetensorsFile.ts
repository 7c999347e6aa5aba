import { parseSafetensorsHeader, safetensorsHeaderEnd } from "../tensor/safetensorsHeader.ts";
import type { ByteSource, FileSource } from "./byteSource.ts";
import { type Part, partsFile } from "./partsFile.ts";
import type { StoredType } from "./storedType.ts";
import type { WeightFile } from "./weightFile.ts";

const types: Readonly<Record<string, StoredType>> = {
  BOOL: "bool",
  U8: "uint8",
  I8: "int8",
  I16: "int16",
  U16: "uint16",
  F16: "float16",
  BF16: "bfloat16",
  I32: "int32",
  U32: "uint32",
  F32: "float32",
  F64: "float64",
  I64: "int64",
  U64: "uint64",
};

/** Opens a safetensors file; only its header is read. */
export function openSafetensors(source: FileSource): WeightFile {
  const { parts, metadata } = safetensorsParts(source);
  return partsFile({
    format: "safetensors",
    path: source.name,
    parts,
    metadata,
    close: () => source.close(),
  });
}

/** Where each tensor of a safetensors file lies. */
export function safetensorsParts(source: ByteSource): {
  readonly parts: readonly Part[];
  readonly metadata: ReadonlyMap<string, string>;
} {
  const prefix = source.bytes(0, Math.min(8, source.size));
  const end = safetensorsHeaderEnd(prefix, source.size, source.name);
  const { entries, metadata } = parseSafetensorsHeader(source.bytes(0, end), source.size, source.name);
  const parts = [...entries].map(([name, { dtype, shape, offset, bytes }]): Part => {
    const entry = { name, dtype: types[dtype] ?? "other", shape };
    return { entry, load: (memory) => source.load(offset, bytes, memory) };
  });
  return { parts, metadata };
}
