import { float32, type Tensor, tensor } from "../tensor/tensor.ts";
import { damaged, type FileSource, unsupported } from "./byteSource.ts";
import { isRecord, type JsonRecord, listOf, recordOf, shapeOf, textOf } from "./json.ts";
import { type Part, partsFile } from "./partsFile.ts";
import { Siblings } from "./siblings.ts";
import { type StoredType, storedBytes } from "./storedType.ts";
import type { WeightFile } from "./weightFile.ts";

const types: Readonly<Record<string, StoredType>> = {
  float32: "float32",
  float16: "float16",
  int32: "int32",
  uint8: "uint8",
  uint16: "uint16",
  bool: "bool",
};

/** Elements kept as small whole numbers: value = number * scale + min. */
interface Quantization {
  readonly scale: number;
  readonly min: number;
  readonly isWhole: boolean;
}

/**
 * Opens a TensorFlow.js layers model: `model.json` and the files of weights that it names. Where one of those is not there,
 * its tensors are listed as missing and the others can be read.
 */
export function openTfjs(source: FileSource, model: JsonRecord): WeightFile {
  const path = source.name;
  const siblings = new Siblings(path);
  const groups = listOf(model["weightsManifest"], "weightsManifest", path);
  const parts = groups.flatMap((group) =>
    groupParts(recordOf(group, "weightsManifest", path), siblings, path),
  );
  const close = async () => {
    await siblings.close();
    await source.close();
  };
  return partsFile({ format: "TensorFlow.js layers model", path, parts, metadata: metadataOf(model), close });
}

function metadataOf(model: JsonRecord): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  for (const key of ["format", "generatedBy", "convertedBy"]) {
    const value = model[key];
    if (typeof value === "string") metadata.set(key, value);
  }
  const topology = model["modelTopology"];
  if (!isRecord(topology)) return metadata;
  for (const key of ["keras_version", "backend"]) {
    const value = topology[key];
    if (typeof value === "string") metadata.set(key, value);
  }
  // Keras wraps its configuration, TensorFlow.js writes it bare.
  return metadata.set("model_config", JSON.stringify(topology["model_config"] ?? topology));
}

/** One behind the other, the files of a group hold its tensors in their order. */
function groupParts(group: JsonRecord, siblings: Siblings, path: string): readonly Part[] {
  const names = listOf(group["paths"], "paths", path).map((name) => textOf(name, "paths", path));
  const shards = names.map((name) => ({ name, source: siblings.get(name) }));
  const missing = shards.find(({ source }) => source === undefined)?.name;
  const sources = shards.flatMap(({ source }) => (source === undefined ? [] : [source]));
  let end = 0;
  return listOf(group["weights"], "weights", path).map((value) => {
    const record = recordOf(value, "weights", path);
    const name = textOf(record["name"], "a weight's name", path);
    const where = `${path}: tensor ${JSON.stringify(name)}`;
    const shape = shapeOf(record["shape"], "shape", where);
    const own = types[textOf(record["dtype"], "dtype", where)];
    if (own === undefined) throw unsupported(where, `elements of type ${record["dtype"]} are not read`);
    const [stored, quantization] = quantizationOf(record["quantization"], own, where);
    const start = end;
    const bytes = storedBytes(stored, shape, where);
    end += bytes;
    const entry = { name, dtype: stored, shape, ...(missing === undefined ? {} : { missing }) };
    const load = () => loadAcross(sources, start, bytes, where);
    if (quantization === undefined) return { entry, load };
    return { entry, load, decode: (content) => dequantized(content, entry.dtype, shape, quantization) };
  });
}

/** How elements are stored, and how they become numbers again. 16-bit floats need nothing of the kind. */
function quantizationOf(
  value: unknown,
  own: StoredType,
  where: string,
): readonly [StoredType, Quantization | undefined] {
  if (value === undefined) return [own, undefined];
  const record = recordOf(value, "quantization", where);
  const stored = textOf(record["dtype"], "quantization", where);
  if (stored === "float16") return ["float16", undefined];
  const { scale, min } = record;
  if ((stored !== "uint8" && stored !== "uint16") || typeof scale !== "number" || typeof min !== "number") {
    throw unsupported(
      where,
      `a quantization of ${stored} with scale ${String(scale)} and min ${String(min)} is not read`,
    );
  }
  return [stored, { scale, min, isWhole: own === "int32" }];
}

function dequantized(
  bytes: Uint8Array<ArrayBuffer>,
  stored: StoredType,
  shape: readonly number[],
  { scale, min, isWhole }: Quantization,
): Tensor {
  const numbers = stored === "uint8" ? bytes : new Uint16Array(bytes.buffer);
  if (isWhole)
    return tensor(
      "int32",
      shape,
      Int32Array.from(numbers, (number) => Math.round(number * scale + min)),
    );
  return float32(
    shape,
    Float32Array.from(numbers, (number) => number * scale + min),
  );
}

/** A tensor may start in one file and end in the next. */
async function loadAcross(
  sources: readonly FileSource[],
  start: number,
  bytes: number,
  where: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const total = sources.reduce((sum, { size }) => sum + size, 0);
  if (start + bytes > total)
    throw damaged(where, `it ends at byte ${start + bytes} of its group, which has ${total}`);
  let before = 0;
  let into: Uint8Array<ArrayBuffer> | undefined;
  for (const source of sources) {
    const from = Math.max(start, before);
    const to = Math.min(start + bytes, before + source.size);
    if (to - from === bytes) return source.load(from - before, bytes);
    if (to > from) {
      into ??= new Uint8Array(bytes);
      into.set(await source.load(from - before, to - from), from - start);
    }
    before += source.size;
  }
  return into ?? new Uint8Array(0);
}
